"""The order of the apps: each may use what is on a lower floor."""

# Highest first; apps on one floor may not use each other. The same list is the first contract in pyproject.toml.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("deltacrown",),
    ("dashboard", "search", "corepages"),
    ("players", "support"),
    ("siteui", "ecommerce"),
    ("teams",),
    ("economy",),
    ("notifications",),
    ("user_profile",),
    ("accounts",),
    ("core",),
    ("common",),
    ("corelib",),
)

HEIGHT = {app: len(FLOORS) - floor for floor, apps in enumerate(FLOORS) for app in apps}


def may_use(user: str, used: str) -> bool:
    """Tell whether app ``user`` may depend on app ``used``."""
    return user == used or HEIGHT[user] > HEIGHT[used]

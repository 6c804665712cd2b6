"""Everyone who may knock, and the groups that rows name."""

WHO = (
    "visitor",
    "user",
    "invited",
    "other_captain",
    "moderator",  # staff with the permissions of a moderation group; in no team
    "member",  # an ordinary player, every flag off
    "trusted",  # the same player, every flag on
    "substitute",
    "coach",
    "manager",
    "co_captain",
    "captain",
    "superuser",
)

EVERYONE = frozenset(WHO)
LOGGED_IN = EVERYONE - {"visitor"}
OUTSIDERS = frozenset({"visitor", "user", "invited", "other_captain", "moderator"})
MEMBERS = EVERYONE - OUTSIDERS - {"superuser"}
INSIDERS = MEMBERS | {"superuser"}  # whoever sees a private team
CAPTAIN = frozenset({"captain", "superuser"})
CAPTAINS = CAPTAIN | {"co_captain"}
# Captains, and members for whom the flag of the act is on.
WITH_FLAG = CAPTAINS | {"trusted"}
# The same for settings and finances, which are the captain's own and not a co-captain's.
WITH_OWN_FLAG = CAPTAIN | {"trusted"}
THE_MEMBER = frozenset({"member", "trusted"})
NOBODY: frozenset[str] = frozenset()

"""What to tell a developer whose command found no database."""

UNREACHABLE = ("connection failed", "connection refused", "couldn't get a connection", "could not connect")


def how_to_start(error: Exception) -> str | None:
    """Return how to start the servers, or None when ``error`` is not about one that does not run."""
    from django.conf import settings

    unreachable = any(words in str(error).lower() for words in UNREACHABLE)
    if not unreachable or settings.ENVIRONMENT != "development":
        return None
    database = settings.DATABASES["default"]
    return (
        f"No PostgreSQL answers on {database['HOST']}:{database['PORT']}.\n"
        "Start the servers of this checkout with `make run`, or alone with `make servers`, "
        "or name your own with DB_HOST, DB_PORT, DB_USER and DB_PASSWORD (docs/development.md)."
    )

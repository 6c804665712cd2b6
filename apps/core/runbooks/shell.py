"""How a command at the shell connects: without the pool, and without patience."""

from django.db import connections

OPTIONS = "-c statement_timeout=20s -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s"
CONNECT_SECONDS = 3


def use_quick_connections() -> None:
    """Make this process ask on connections of its own with short limits. A database that hangs is a finding."""
    for alias in connections:
        options = connections.settings[alias].get("OPTIONS", {})
        options.pop("pool", None)
        if "options" in options:
            options["options"] = f"{options['options']} {OPTIONS}"  # of two, PostgreSQL takes the later
            options["connect_timeout"] = CONNECT_SECONDS

"""Django's PostgreSQL, with a pool that waits no longer than the request. ``ENGINE`` of the settings names it."""

"""What docs/dependencies.md promises."""

LIMIT = 10.0  # seconds that no request may take
RED_WITHIN = 5.0
WATCHED = 12.0  # seconds of each fault
OK = {200, 302}
STORED = {302}  # an upload that is shown its form again was not stored
CLOSED = {503}

# What is promised: statuses of a page, of a form, of an upload, and by which name /readyz says that it is away, if any.
PROMISED: dict[str, tuple[set[int], set[int], set[int], str]] = {
    "postgresql": (CLOSED, CLOSED, CLOSED, "database"),
    "cache": (OK, OK, STORED, "cache"),
    "broker": (OK, OK, STORED, "broker"),
    "smtp": (OK, OK, STORED, ""),
    "s3": (OK, OK, CLOSED, "storage"),
    "discord": (OK, OK, STORED, ""),
}
# A machine that others keep busy answers late now and then. What is away fails each time that it is asked.
RED_SHARE = 0.5

"""What a username may look like."""

import re

from django.core.exceptions import ValidationError

from apps.accounts.constants import (
    DELETED_USERNAME_PREFIX,
    RESERVED_USERNAMES,
    USERNAME_MAX_LENGTH,
    USERNAME_MIN_LENGTH,
    USERNAME_PATTERN,
)


def validate_username(username: str) -> None:
    """Raise ``ValidationError`` with the sentence for the person when ``username`` may not be chosen."""
    if not USERNAME_MIN_LENGTH <= len(username) <= USERNAME_MAX_LENGTH:
        raise ValidationError(
            f"A username has {USERNAME_MIN_LENGTH} to {USERNAME_MAX_LENGTH} characters.", code="username_length"
        )
    if not re.match(USERNAME_PATTERN, username) or ".." in username:
        raise ValidationError(
            "Use Latin letters, digits, “_”, “.” and “-”. Start and end with a letter, a digit or “_”.",
            code="username_characters",
        )
    if is_reserved(username):
        raise ValidationError("This name is reserved. Please choose another.", code="username_reserved")


def is_reserved(username: str) -> bool:
    """Return whether ``username`` belongs to the platform. ``_admin_`` and ``a.d.m.i.n`` count as ``admin``."""
    lowered = username.lower()
    bare = re.sub(r"[_.-]", "", lowered)
    return lowered.startswith(DELETED_USERNAME_PREFIX) or lowered in RESERVED_USERNAMES or bare in RESERVED_USERNAMES

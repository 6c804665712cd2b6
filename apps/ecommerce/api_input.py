"""What the views of the API know about a request."""

from typing import Any, cast

from rest_framework.request import Request

from apps.accounts.models import User
from apps.core.errors import DomainError

KEY_HEADER = "Idempotency-Key"


def checked(serializer: Any) -> dict[str, Any]:
    """Return the values of ``serializer``, or raise what is wrong with each field."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def actor_of(request: Request) -> User:
    """Return who asks, behind ``IsAuthenticated``."""
    return cast(User, request.user)


def key_of(request: Request) -> str:
    """Return the key that makes a repeated order the same order.

    Raises:
        DomainError: There is none, or it can't be one.
    """
    key = str(request.headers.get(KEY_HEADER, ""))
    if not 16 <= len(key) <= 64 or not (key.isascii() and key.isprintable()):
        raise DomainError(
            f"Send the header {KEY_HEADER}: 16 to 64 ASCII characters, made anew for each order and the same when you "
            "repeat the request, such as a UUID.",
            field=KEY_HEADER,
        )
    return key

"""What the views of the API know about a request."""

from typing import Any, cast

from rest_framework.request import Request

from apps.accounts.models import User


def checked(serializer: Any) -> dict[str, Any]:
    """Return the values of ``serializer``, or raise what is wrong with each field."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def actor_of(request: Request) -> User:
    """Return who asks, behind ``IsAuthenticated``."""
    return cast(User, request.user)

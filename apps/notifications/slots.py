"""What this app puts into the frame of every page."""

from typing import Any

from django.http import HttpRequest

from apps.common.navigation import NavItem
from apps.notifications import selectors


def bell(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """The bell in the header, with one query for its count."""
    if not request.user.is_authenticated:
        return None
    return "notifications/bell.html", {"unread": selectors.unread_count(request.user)}


def place(request: HttpRequest) -> NavItem | None:
    """The list, which has the way to the preferences."""
    return NavItem("Notifications", "notifications:index", "bell") if request.user.is_authenticated else None

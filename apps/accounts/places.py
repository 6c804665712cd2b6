"""Where the frame leads into this app."""

from django.http import HttpRequest

from apps.common.navigation import NavItem


def security_place(request: HttpRequest) -> NavItem:
    """The check-up, in the account menu."""
    return NavItem("Security", "accounts:security", "shield-check", section="/accounts/")

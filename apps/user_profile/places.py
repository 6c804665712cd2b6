"""Where the frame leads into this app."""

from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.accounts.models import User
from apps.common.navigation import NavItem
from apps.common.templatetags import ui


def me_place(request: HttpRequest) -> NavItem:
    """The last of the five places of the bottom bar; it leads visitors to the login."""
    if request.user.is_authenticated:
        return NavItem("Me", "user_profile:me", "circle-user", section="/me/")
    return NavItem("Me", "account_login", "circle-user")


def profile_place(request: HttpRequest) -> NavItem:
    """One's own page, in the account menu."""
    return NavItem("My profile", "user_profile:me", "user")


def edit_place(request: HttpRequest) -> NavItem:
    """The edit pages, in the account menu."""
    return NavItem("Edit profile", "user_profile:edit_profile", "pencil")


def account_face(request: HttpRequest) -> SafeString | None:
    """The picture on the account menu: the same as everywhere else."""
    if not isinstance(request.user, User):
        return None
    return SafeString(ui.avatar_of(request.user.profile, size=32))

"""Who may see, change and follow a profile. Each rule once: ``check_*`` for services, ``can_*`` for pages, a filter."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.user_profile.models import UserProfile

Viewer = User | AnonymousUser


def owns(viewer: Viewer, profile: UserProfile) -> bool:
    """Say whether this is the viewer's own profile."""
    return viewer.is_authenticated and viewer.pk == profile.user_id


def _is_moderator(viewer: Viewer, permission: str) -> bool:
    # Asked in this order: only staff cost a query for their permissions.
    return bool(viewer.is_authenticated and viewer.is_active and viewer.is_staff and viewer.has_perm(permission))


# --- A profile exists for others while its account is active; its own owner and staff see it regardless. --------------
def can_see(viewer: Viewer, profile: UserProfile) -> bool:
    """Say whether the profile exists for the viewer. Needs ``profile.user``."""
    return profile.user.is_active or _is_moderator(viewer, "user_profile.view_userprofile")


def check_see(viewer: Viewer, profile: UserProfile) -> None:
    """Raise :class:`NotFound` for a profile that does not exist for the viewer."""
    if not can_see(viewer, profile):
        raise NotFound("There is no such player.")


def seen_by(viewer: Viewer, profiles: QuerySet[UserProfile]) -> QuerySet[UserProfile]:
    """Keep the profiles that exist for the viewer."""
    return profiles if _is_moderator(viewer, "user_profile.view_userprofile") else profiles.filter(user__is_active=True)


# --- A private profile shows name and picture; following it, even both ways, opens nothing. --------------------------
def can_see_details(viewer: Viewer, profile: UserProfile) -> bool:
    """Say whether the viewer sees more than name and picture."""
    return not profile.is_private or owns(viewer, profile) or _is_moderator(viewer, "user_profile.view_userprofile")


def check_see_details(viewer: Viewer, profile: UserProfile) -> None:
    """Raise :class:`PermissionRefused` where only name and picture are shown."""
    if not can_see_details(viewer, profile):
        raise PermissionRefused(f"{profile.display_name} keeps this private.")


def with_details_for(viewer: Viewer, profiles: QuerySet[UserProfile]) -> QuerySet[UserProfile]:
    """Keep the profiles whose details the viewer sees; what search and directories must start from."""
    seen = seen_by(viewer, profiles)
    if _is_moderator(viewer, "user_profile.view_userprofile"):
        return seen
    own = Q(user_id=viewer.pk) if viewer.is_authenticated else Q()
    return seen.filter(Q(is_private=False) | own)


def can_see_field(viewer: Viewer, profile: UserProfile, switch: str) -> bool:
    """Say whether the viewer sees what ``switch`` (``show_email``, ``show_phone``, ``show_socials``) governs."""
    if not can_see_details(viewer, profile):
        return False
    return getattr(profile, switch) or owns(viewer, profile) or _is_moderator(viewer, "user_profile.view_userprofile")


# --- Changing: one's own, or staff with the permission. ---------------------------------------------------------------
def can_edit(actor: Viewer, profile: UserProfile) -> bool:
    """Say whether the actor may change the profile."""
    return bool(actor.is_active and owns(actor, profile)) or _is_moderator(actor, "user_profile.change_userprofile")


def check_edit(actor: Viewer, profile: UserProfile) -> None:
    """Raise :class:`PermissionRefused` unless the actor may change the profile."""
    if not can_edit(actor, profile):
        raise PermissionRefused("You can only change your own profile.")


def editable_by(actor: Viewer, profiles: QuerySet[UserProfile]) -> QuerySet[UserProfile]:
    """Keep the profiles that the actor may change."""
    if _is_moderator(actor, "user_profile.change_userprofile"):
        return profiles
    return profiles.filter(user_id=actor.pk) if actor.is_authenticated and actor.is_active else profiles.none()


# --- Following: anyone signed in follows any other active player. -----------------------------------------------------
def can_follow(actor: Viewer, profile: UserProfile) -> bool:
    """Say whether the actor may follow the profile. Needs ``profile.user``."""
    return bool(actor.is_authenticated and actor.is_active and profile.user.is_active and not owns(actor, profile))


def check_follow(actor: Viewer, profile: UserProfile) -> None:
    """Raise the refusal that fits unless the actor may follow the profile."""
    if not actor.is_authenticated or not actor.is_active:
        raise PermissionRefused("Log in to follow players.")
    if not profile.user.is_active:
        raise NotFound("There is no such player.")
    if owns(actor, profile):
        raise Conflict("You can't follow yourself.")


def followable_by(actor: Viewer, profiles: QuerySet[UserProfile]) -> QuerySet[UserProfile]:
    """Keep the profiles that the actor may follow."""
    if not actor.is_authenticated or not actor.is_active:
        return profiles.none()
    return profiles.filter(user__is_active=True).exclude(user_id=actor.pk)

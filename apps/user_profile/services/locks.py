"""Fetch, lock and check in one step."""

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.user_profile import permissions
from apps.user_profile.models import UserProfile


def lock_for_edit(*, actor: User, profile_id: int) -> UserProfile:
    """Return the profile, locked, if the actor may change it."""
    profile = UserProfile.objects.select_for_update(no_key=True).filter(pk=profile_id).first()
    if profile is None:
        raise NotFound("There is no such player.")
    permissions.check_edit(actor, profile)
    return profile

"""Avatar and banner."""

from django.db import transaction

from apps.accounts.models import User
from apps.common import images
from apps.core import audit, rate_limit
from apps.user_profile.constants import PICTURES, PICTURES_PER_HOUR
from apps.user_profile.models import UserProfile
from apps.user_profile.services.locks import lock_for_edit


def set_avatar(*, actor: User, profile_id: int, image: images.ProcessedImage) -> UserProfile:
    """Replace the picture. Only a processed image is taken, so nothing unchecked can reach storage."""
    return _set("avatar", actor, profile_id, image)


def set_banner(*, actor: User, profile_id: int, image: images.ProcessedImage) -> UserProfile:
    """Replace the banner."""
    return _set("banner", actor, profile_id, image)


def remove_picture(*, actor: User, profile_id: int, picture: str) -> UserProfile:
    """Take away ``"avatar"`` or ``"banner"``; its files go after the commit."""
    if picture not in PICTURES:
        raise ValueError(f"no picture {picture!r}")
    with transaction.atomic():
        profile = lock_for_edit(actor=actor, profile_id=profile_id)
        if getattr(profile, picture):
            _assign(actor, profile, picture, "")
    return profile


def _set(picture: str, actor: User, profile_id: int, image: images.ProcessedImage) -> UserProfile:
    if image.purpose.name != picture:
        raise ValueError(f"an image processed as {image.purpose.name} can't be used as {picture}")
    rate_limit.check("user_profile.picture", key=str(actor.pk), limit=PICTURES_PER_HOUR, seconds=3600)
    with images.writing(image) as stored, transaction.atomic():
        profile = lock_for_edit(actor=actor, profile_id=profile_id)
        _assign(actor, profile, picture, stored)
    return profile


def _assign(actor: User, profile: UserProfile, picture: str, stored: str) -> None:
    old = str(getattr(profile, picture))
    images.assign(profile, picture, stored)
    profile.save(update_fields=[picture, "updated_at"])
    audit.record(
        actor=actor,
        action="profile.picture_changed" if stored else "profile.picture_removed",
        target=profile,
        old={picture: old},
        new={picture: str(stored)},
    )

"""Writes to profiles. Every one locks the profile row, checks, changes, and leaves an audit record."""

from apps.user_profile.services.follows import follow, unfollow
from apps.user_profile.services.game_ids import set_game_id, set_game_ids
from apps.user_profile.services.pictures import remove_picture, set_avatar, set_banner
from apps.user_profile.services.profiles import purge_profile, update_privacy, update_profile

__all__ = [
    "follow",
    "purge_profile",
    "remove_picture",
    "set_avatar",
    "set_banner",
    "set_game_id",
    "set_game_ids",
    "unfollow",
    "update_privacy",
    "update_profile",
]

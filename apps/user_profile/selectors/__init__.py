"""Reads of profiles. What a viewer may not see is not in what these return."""

from apps.user_profile.selectors.completeness import Completeness, completeness, completeness_of
from apps.user_profile.selectors.follows import FOLLOW_LISTS, FollowRow, follow_list, friends_of
from apps.user_profile.selectors.game_ids import taken_field
from apps.user_profile.selectors.visible import VisibleGame, VisibleLink, VisibleProfile, find_profile, visible_profile

__all__ = [
    "FOLLOW_LISTS",
    "Completeness",
    "FollowRow",
    "VisibleGame",
    "VisibleLink",
    "VisibleProfile",
    "completeness",
    "completeness_of",
    "find_profile",
    "follow_list",
    "friends_of",
    "taken_field",
    "visible_profile",
]

"""Pages of profiles. View, template and URL share one name."""

from apps.user_profile.views.editing import check_game_id, edit_games, edit_privacy, edit_profile, me
from apps.user_profile.views.following import follow, follow_list, unfollow
from apps.user_profile.views.pictures import edit_pictures, remove_picture, set_picture
from apps.user_profile.views.public import profile

__all__ = [
    "check_game_id",
    "edit_games",
    "edit_pictures",
    "edit_privacy",
    "edit_profile",
    "follow",
    "follow_list",
    "me",
    "profile",
    "remove_picture",
    "set_picture",
    "unfollow",
]

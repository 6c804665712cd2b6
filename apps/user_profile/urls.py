"""``/u/<username>/`` is what others see, ``/me/`` is where the owner changes it."""

from django.urls import path, register_converter

from apps.user_profile import views
from apps.user_profile.constants import PICTURES
from apps.user_profile.selectors import FOLLOW_LISTS

app_name = "user_profile"


class FollowListConverter:
    regex = "|".join(FOLLOW_LISTS)

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


class PictureConverter(FollowListConverter):
    regex = "|".join(PICTURES)


register_converter(FollowListConverter, "follow_kind")
register_converter(PictureConverter, "picture")

urlpatterns = [
    path("u/<str:username>/", views.profile, name="profile"),
    path("u/<str:username>/<follow_kind:kind>/", views.follow_list, name="follow_list"),
    path("u/<str:username>/follow/", views.follow, name="follow"),
    path("u/<str:username>/unfollow/", views.unfollow, name="unfollow"),
    path("me/", views.me, name="me"),
    path("me/profile/", views.edit_profile, name="edit_profile"),
    path("me/games/", views.edit_games, name="edit_games"),
    path("me/games/check/", views.check_game_id, name="check_game_id"),
    path("me/pictures/", views.edit_pictures, name="edit_pictures"),
    path("me/pictures/<picture:picture>/", views.set_picture, name="set_picture"),
    path("me/pictures/<picture:picture>/remove/", views.remove_picture, name="remove_picture"),
    path("me/privacy/", views.edit_privacy, name="edit_privacy"),
]

"""Addresses of the social life of teams. Included by ``urls`` before the team's own page, which takes any slug."""

from django.urls import path

from apps.teams import api_social
from apps.teams.views import follows

TEAM = "teams/<slug:slug>/"

urlpatterns = [
    path("teams/following/", follows.teams_followed, name="teams_followed"),
    path(f"{TEAM}followers/", follows.followers, name="followers"),
    path(f"{TEAM}follow/", follows.follow, name="follow"),
    path(f"{TEAM}unfollow/", follows.unfollow, name="unfollow"),
    path("api/v1/teams/<slug:slug>/follow/", api_social.Follow.as_view(), name="api_follow"),
]

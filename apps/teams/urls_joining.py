"""Addresses of invite links, requests to join, and settings."""

from django.urls import path

from apps.teams import api_joining
from apps.teams.views import join_requests, links, log, settings

MANAGE_API = "api/v1/teams/<slug:slug>/"
urlpatterns = [
    path(f"{MANAGE_API}links/", api_joining.LinkList.as_view(), name="api_links"),
    path(f"{MANAGE_API}links/<int:link_id>/revoke/", api_joining.RevokeLink.as_view(), name="api_revoke_link"),
    path("api/v1/team-links/<uuid:token>/accept/", api_joining.AcceptLink.as_view(), name="api_accept_link"),
    path(f"{MANAGE_API}join-requests/", api_joining.RequestList.as_view(), name="api_join_requests"),
    path(f"{MANAGE_API}join-requests/mine/", api_joining.MyRequest.as_view(), name="api_my_request"),
    path(
        f"{MANAGE_API}join-requests/<int:request_id>/approve/",
        api_joining.ApproveRequest.as_view(),
        name="api_approve_request",
    ),
    path(
        f"{MANAGE_API}join-requests/<int:request_id>/decline/",
        api_joining.DeclineRequest.as_view(),
        name="api_decline_request",
    ),
    path("teams/join/<uuid:token>/", links.join_link, name="join_link"),
    path("teams/join/<uuid:token>/accept/", links.accept_link, name="accept_link"),
    path("teams/requests/<int:request_id>/withdraw/", join_requests.withdraw_request, name="withdraw_request"),
    path("teams/<slug:slug>/ask/", join_requests.ask_to_join, name="ask_to_join"),
    path("teams/<slug:slug>/manage/links/", links.links, name="links"),
    path("teams/<slug:slug>/manage/links/create/", links.create_link, name="create_link"),
    path("teams/<slug:slug>/manage/links/<int:link_id>/revoke/", links.revoke_link, name="revoke_link"),
    path("teams/<slug:slug>/manage/links/<int:link_id>/qr/", links.link_qr, name="link_qr"),
    path("teams/<slug:slug>/manage/requests/", join_requests.join_requests, name="join_requests"),
    path(
        "teams/<slug:slug>/manage/requests/<int:request_id>/approve/",
        join_requests.approve_request,
        name="approve_request",
    ),
    path(
        "teams/<slug:slug>/manage/requests/<int:request_id>/decline/",
        join_requests.decline_request,
        name="decline_request",
    ),
    path("teams/<slug:slug>/manage/settings/", settings.team_settings, name="team_settings"),
    path("teams/<slug:slug>/manage/settings/join/", settings.join_settings, name="join_settings"),
    path("teams/<slug:slug>/manage/settings/members/", settings.member_flags, name="member_flags"),
    path("teams/<slug:slug>/manage/log/", log.team_log, name="team_log"),
]

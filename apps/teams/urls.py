from django.urls import path

from apps.teams import api
from apps.teams.views import create, directory, edit, invitations, manage, members, team_page

app_name = "teams"

api_patterns = [
    path("api/v1/teams/", api.TeamList.as_view(), name="api_teams"),
    path("api/v1/teams/<slug:slug>/", api.TeamDetail.as_view(), name="api_team"),
    path("api/v1/teams/<slug:slug>/invites/", api.InviteList.as_view(), name="api_invites"),
    path("api/v1/team-invites/<uuid:token>/accept/", api.AcceptInvite.as_view(), name="api_accept_invite"),
    path("api/v1/team-invites/<uuid:token>/decline/", api.DeclineInvite.as_view(), name="api_decline_invite"),
]

urlpatterns = [
    *api_patterns,
    path("teams/", directory.directory, name="directory"),
    path("teams/new/", create.create, name="create"),
    path("teams/new/crest/", create.crest_preview, name="crest_preview"),
    path("teams/invites/", invitations.my_invitations, name="my_invitations"),
    path("teams/invites/<uuid:token>/", invitations.invitation, name="invitation"),
    path("teams/invites/<uuid:token>/accept/", invitations.accept_invite, name="accept_invite"),
    path("teams/invites/<uuid:token>/decline/", invitations.decline_invite, name="decline_invite"),
    path("teams/<slug:slug>/", team_page.team_page, name="team_page"),
    path("teams/<slug:slug>/edit/", edit.edit, name="edit"),
    path("teams/<slug:slug>/leave/", members.leave, name="leave"),
    path("teams/<slug:slug>/manage/", manage.manage, name="manage"),
    path("teams/<slug:slug>/manage/players/", manage.player_suggestions, name="player_suggestions"),
    path("teams/<slug:slug>/manage/invite-player/", manage.invite_player, name="invite_player"),
    path("teams/<slug:slug>/manage/invite-email/", manage.invite_email, name="invite_email"),
    path("teams/<slug:slug>/manage/invites/<int:invite_id>/cancel/", manage.cancel_invite, name="cancel_invite"),
    path("teams/<slug:slug>/manage/members/<int:member_id>/remove/", members.remove_member, name="remove_member"),
]

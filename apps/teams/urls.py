from django.urls import path

from apps.teams import api, api_club, api_promotions, urls_joining, urls_social
from apps.teams.views import (
    achievements,
    availability,
    calendars,
    captaincy,
    chat,
    create,
    directory,
    discord,
    edit,
    history,
    invitations,
    leaderboard,
    lifecycle,
    manage,
    members,
    practice,
    promotions,
    results,
    roster,
    share,
    sponsors,
    stats,
    team_page,
    verification,
)

app_name = "teams"

api_patterns = [
    path("api/v1/teams/", api.TeamList.as_view(), name="api_teams"),
    path("api/v1/teams/<slug:slug>/", api.TeamDetail.as_view(), name="api_team"),
    path("api/v1/teams/<slug:slug>/invites/", api.InviteList.as_view(), name="api_invites"),
    path("api/v1/teams/<slug:slug>/achievements/", api_club.AchievementList.as_view(), name="api_achievements"),
    path("api/v1/teams/<slug:slug>/results/", api_club.ResultList.as_view(), name="api_results"),
    path("api/v1/team-invites/<uuid:token>/accept/", api.AcceptInvite.as_view(), name="api_accept_invite"),
    path("api/v1/team-invites/<uuid:token>/decline/", api.DeclineInvite.as_view(), name="api_decline_invite"),
]

MEMBER = "teams/<slug:slug>/manage/members/<int:member_id>/"
member_patterns = [
    path(MEMBER, roster.member, name="member"),
    path(f"{MEMBER}remove/", members.remove_member, name="remove_member"),
    path(f"{MEMBER}inactive/", roster.set_inactive, name="set_inactive"),
    path(f"{MEMBER}back/", roster.bring_back, name="bring_back"),
    path(f"{MEMBER}ban/", roster.ban_member, name="ban_member"),
    path(f"{MEMBER}lift-ban/", roster.lift_ban, name="lift_ban"),
    path(f"{MEMBER}captaincy/", captaincy.offer_captaincy, name="offer_captaincy"),
]

PROMOTIONS = "teams/<slug:slug>/manage/promotions/"
sponsor_patterns = [
    path(PROMOTIONS, promotions.promotions, name="promotions"),
    path(f"{PROMOTIONS}book/", promotions.book_promotion, name="book_promotion"),
    path(f"{PROMOTIONS}<int:promotion_id>/cancel/", promotions.cancel_promotion, name="cancel_promotion"),
    path("api/v1/teams/<slug:slug>/promotions/", api_promotions.PromotionList.as_view(), name="api_promotions"),
    path(
        "api/v1/teams/<slug:slug>/promotions/<int:promotion_id>/cancel/",
        api_promotions.CancelPromotion.as_view(),
        name="api_cancel_promotion",
    ),
    path("teams/<slug:slug>/sponsors/<int:sponsor_id>/", sponsors.visit_sponsor, name="visit_sponsor"),
    path("teams/<slug:slug>/manage/sponsors/", sponsors.sponsors, name="sponsors"),
    path("teams/<slug:slug>/manage/sponsors/propose/", sponsors.propose_sponsor, name="propose_sponsor"),
    path("teams/<slug:slug>/manage/sponsors/<int:sponsor_id>/cancel/", sponsors.cancel_sponsor, name="cancel_sponsor"),
]

SHELF = "teams/<slug:slug>/achievements/"
club_patterns = [
    path(SHELF, achievements.achievements, name="achievements"),
    path(f"{SHELF}add/", achievements.add_achievement, name="add_achievement"),
    path(f"{SHELF}<int:achievement_id>/", achievements.edit_achievement, name="edit_achievement"),
    path(f"{SHELF}<int:achievement_id>/remove/", achievements.remove_achievement, name="remove_achievement"),
    path(f"{SHELF}<int:achievement_id>/restore/", achievements.restore_achievement, name="restore_achievement"),
    path("teams/<slug:slug>/stats/", stats.stats, name="stats"),
    path("api/v1/teams/<slug:slug>/stats/", api_club.Stats.as_view(), name="api_stats"),
    path("teams/<slug:slug>/results/", results.results, name="results"),
    path("u/<str:username>/results/", results.player_results, name="player_results"),
]

PRACTICE = "teams/<slug:slug>/practice/"
practice_patterns = [
    path(PRACTICE, practice.practice, name="practice"),
    path(f"{PRACTICE}when/", availability.when, name="when"),
    path("me/calendar/week/", availability.my_week, name="my_week"),
    path(f"{PRACTICE}plan/", practice.plan_practice, name="plan_practice"),
    path(f"{PRACTICE}<int:session_id>/", practice.practice_session, name="practice_session"),
    path(f"{PRACTICE}<int:session_id>/edit/", practice.edit_practice, name="edit_practice"),
    path(f"{PRACTICE}<int:session_id>/answer/", practice.answer_practice, name="answer_practice"),
    path(f"{PRACTICE}<int:session_id>/cancel/", practice.cancel_practice, name="cancel_practice"),
    path(f"{PRACTICE}<int:session_id>/restore/", practice.restore_practice, name="restore_practice"),
    path(f"{PRACTICE}<int:session_id>/practice.ics", calendars.practice_file, name="practice_file"),
    path("me/calendar/", calendars.my_calendar, name="my_calendar"),
    path("me/calendar/make/", calendars.make_calendar, name="make_calendar"),
    path("me/calendar/<int:feed_id>/revoke/", calendars.revoke_calendar, name="revoke_calendar"),
    path("calendar/<str:token>.ics", calendars.calendar, name="calendar"),
    path("api/v1/teams/<slug:slug>/practice/", api_club.PracticeList.as_view(), name="api_practice"),
]

DISCORD = "teams/<slug:slug>/manage/discord/"
discord_patterns = [
    path(DISCORD, discord.discord, name="discord"),
    path(f"{DISCORD}add/", discord.add_discord, name="add_discord"),
    path(f"{DISCORD}<int:webhook_id>/test/", discord.test_discord, name="test_discord"),
    path(f"{DISCORD}<int:webhook_id>/types/", discord.choose_discord, name="choose_discord"),
    path(f"{DISCORD}<int:webhook_id>/remove/", discord.remove_discord, name="remove_discord"),
]

urlpatterns = [
    *api_patterns,
    *urls_joining.urlpatterns,
    *urls_social.urlpatterns,
    *sponsor_patterns,
    *club_patterns,
    *practice_patterns,
    *discord_patterns,
    path("teams/", directory.directory, name="directory"),
    path("teams/leaderboard/", leaderboard.leaderboard, name="leaderboard"),
    path("teams/new/", create.create, name="create"),
    path("teams/new/crest/", create.crest_preview, name="crest_preview"),
    path("teams/new/name/", create.check_name, name="check_name"),
    path("teams/new/header/", create.create_header, name="create_header"),
    path("teams/hub/", directory.hub, name="hub"),
    path("teams/invites/", invitations.my_invitations, name="my_invitations"),
    path("teams/invites/<uuid:token>/", invitations.invitation, name="invitation"),
    path("teams/invites/<uuid:token>/accept/", invitations.accept_invite, name="accept_invite"),
    path("teams/invites/<uuid:token>/decline/", invitations.decline_invite, name="decline_invite"),
    path("teams/<slug:slug>/", team_page.team_page, name="team_page"),
    path("teams/<slug:slug>/edit/", edit.edit, name="edit"),
    path("teams/<slug:slug>/card.png", share.share_card, name="share_card"),
    path("teams/<slug:slug>/badge.svg", share.rank_badge_picture, name="rank_badge_picture"),
    path("teams/<slug:slug>/manage/verification/", verification.verification, name="verification"),
    path(
        "teams/<slug:slug>/manage/verification/withdraw/",
        verification.withdraw_verification,
        name="withdraw_verification",
    ),
    path("teams/<slug:slug>/edit/header/", edit.edit_header, name="edit_header"),
    path("teams/<slug:slug>/leave/", members.leave, name="leave"),
    path("teams/<slug:slug>/rank/", leaderboard.explain_rank, name="explain_rank"),
    path("teams/<slug:slug>/manage/", manage.manage, name="manage"),
    path("teams/<slug:slug>/manage/players/", manage.player_suggestions, name="player_suggestions"),
    path("teams/<slug:slug>/manage/invite-player/", manage.invite_player, name="invite_player"),
    path("teams/<slug:slug>/manage/invite-email/", manage.invite_email, name="invite_email"),
    path("teams/<slug:slug>/manage/invites/<int:invite_id>/cancel/", manage.cancel_invite, name="cancel_invite"),
    *member_patterns,
    path("teams/<slug:slug>/captaincy/", captaincy.captaincy, name="captaincy"),
    path("teams/<slug:slug>/captaincy/accept/", captaincy.accept_captaincy, name="accept_captaincy"),
    path("teams/<slug:slug>/captaincy/decline/", captaincy.decline_captaincy, name="decline_captaincy"),
    path("teams/<slug:slug>/captaincy/cancel/", captaincy.cancel_captaincy, name="cancel_captaincy"),
    path("teams/<slug:slug>/rename/", lifecycle.rename, name="rename"),
    path("teams/<slug:slug>/disband/", lifecycle.disband, name="disband"),
    path("teams/<slug:slug>/restore/", lifecycle.restore, name="restore"),
    path("teams/<slug:slug>/history/", history.history, name="history"),
    path("teams/<slug:slug>/chat/", chat.chat, name="chat"),
    path("teams/<slug:slug>/chat/live/", chat.chat_live, name="chat_live"),
    path("teams/<slug:slug>/chat/send/", chat.chat_send, name="chat_send"),
    path("teams/<slug:slug>/chat/read/", chat.chat_read, name="chat_read"),
    path("teams/<slug:slug>/chat/mute/", chat.chat_mute, name="chat_mute"),
    path("teams/<slug:slug>/chat/<int:message_id>/", chat.chat_message, name="chat_message"),
    path("teams/<slug:slug>/chat/<int:message_id>/delete/", chat.chat_delete, name="chat_delete"),
    path("teams/<slug:slug>/chat/<int:message_id>/react/", chat.chat_react, name="chat_react"),
]

"""The tasks of teams, for tests/core/test_tasks_once.py."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import AuditEvent, Job
from apps.economy.models import CoinPolicy, DeltaCrownTransaction
from apps.notifications.models import Notification
from apps.teams.models import (
    BoardThread,
    ChatMention,
    ChatMessage,
    PastName,
    RankingCriteria,
    ResultImport,
    SponsorDay,
    SponsorSighting,
    Team,
    TeamAchievement,
    TeamInvite,
    TeamMembership,
    TeamPointsAdjustment,
    TeamPost,
    TeamRankingBreakdown,
    TeamRankingHistory,
    TeamTournamentRegistration,
)
from apps.teams.services import follows, result_imports
from tests.once import Case, a_number, once
from tests.teams.club import make_achievement, make_practice, make_result
from tests.teams.importing import row, table
from tests.teams.people import add_member, make_invite, make_request, make_team, make_transfer, make_user
from tests.teams.posting import make_post
from tests.teams.sponsoring import make_promotion, make_sponsor, today
from tests.teams.talking import make_reply, make_thread

LONG_AGO = timedelta(days=60)
RESULT_RULES = ("participation", "winner", "runner_up", "top4")


def news(user: User, code: str) -> Callable[[], int]:
    """Count what this person was told of this kind."""
    return Notification.objects.filter(recipient=user, type=f"teams.{code}").count


def policy(rule: str, amount: int = 50) -> None:
    """Between the tests all tables are emptied, those of the migrations too."""
    CoinPolicy.objects.update_or_create(
        rule=rule, defaults={"amount": amount, "cap": 100, "window": "ever", "is_active": True}
    )


def paid(user: User) -> list[int]:
    entries = DeltaCrownTransaction.objects.filter(wallet__profile=user.profile)
    return sorted(entries.values_list("amount", flat=True))


# --- Telling people ---------------------------------------------------------------------------------------------------


@once("teams.send_invite_notification", expects=1)
def an_invite() -> Case:
    player = make_user()
    invite = make_invite(make_team(), player)
    return Case({"invite_id": invite.pk}, effect=news(player, "team_invite"))


@once("teams.send_invite_answer_notification", expects=1)
def an_answer() -> Case:
    team, player = make_team(), make_user()
    invite = make_invite(team, player, status="accepted", answered_by=player, answered_at=timezone.now())
    return Case({"invite_id": invite.pk}, effect=news(team.captain.user, "invite_accepted"))


@once("teams.send_roster_change_notification", expects=1)
def a_member_who_left() -> Case:
    team = make_team()
    member = add_member(team, status="inactive")
    arguments = {"team_id": team.pk, "change_type": "left", "user_id": member.profile.user_id}
    return Case(arguments, effect=news(team.captain.user, "member_left"))


@once("teams.send_transfer_notification", expects=1)
def an_offered_captaincy() -> Case:
    team = make_team()
    member = add_member(team)
    transfer = make_transfer(team, member)
    return Case({"transfer_id": transfer.pk}, effect=news(member.profile.user, "captaincy_offered"))


@once("teams.send_rename_notification", expects=1)
def another_name() -> Case:
    team = make_team()
    member = add_member(team)
    number = a_number()
    past = PastName.objects.create(
        team=team, name=f"Old {number}", tag=f"O{number}", slug=f"old-{number}", renamed_by=team.captain.user
    )
    return Case({"past_name_id": past.pk}, effect=news(member.profile.user, "renamed"))


@once("teams.send_disband_notification", expects=(1, 1))
def an_end() -> Case:
    now = timezone.now()
    team = make_team()
    member = add_member(team, status="inactive", left_at=now)
    Team.objects.filter(pk=team.pk).update(is_active=False, disbanded_at=now)
    captain, other = news(team.captain.user, "restorable"), news(member.profile.user, "disbanded")
    return Case({"team_id": team.pk}, effect=lambda: (captain(), other()))


@once("teams.send_chat_notification", expects=1)
def a_message_with_a_name() -> Case:
    team = make_team()
    named = add_member(team).profile.user
    message = ChatMessage.objects.create(team=team, author=team.captain.user, number=1, revision=1, body="Hello")
    ChatMention.objects.create(message=message, user=named)
    return Case({"message_id": message.pk}, effect=news(named, "chat_mention"))


@once("teams.send_points_adjusted_notification", expects=1)
def adjusted_points() -> Case:
    team = make_team()
    adjustment = TeamPointsAdjustment.objects.create(
        team=team, amount=5, reason="Fair play", actor_id=1, created_at=timezone.now()
    )
    return Case({"adjustment_id": adjustment.pk}, effect=news(team.captain.user, "points_adjusted"))


@once("teams.send_achievement_notification", expects=1)
def an_achievement() -> Case:
    achievement = make_achievement(make_team(), status="confirmed")
    return Case({"achievement_id": achievement.pk}, effect=news(achievement.team.captain.user, "achievement_earned"))


@once("teams.send_result_news", expects=1)
def news_for_a_follower() -> Case:
    team, fan = make_team(), make_user()
    follows.follow_team(actor=fan, team_id=team.pk)
    result = make_result(team, place=1, day=0)
    return Case({"result_id": result.pk}, effect=news(fan, "followed_result"))


@once("teams.send_practice_notification", expects=1)
def a_planned_practice() -> Case:
    session = make_practice(make_team())
    arguments = {"session_id": session.pk, "change": "planned"}
    return Case(arguments, effect=news(session.team.captain.user, "practice_planned"))


@once("teams.send_practice_reminder", expects=1)
def a_practice_that_begins_soon() -> Case:
    session = make_practice(make_team(), hours=0.4)
    arguments = {"session_id": session.pk, "starts_at": session.starts_at.isoformat()}
    return Case(arguments, effect=news(session.team.captain.user, "practice_reminder"))


@once("teams.send_post_notification", expects=1)
def a_post_that_waits_for_a_captain() -> Case:
    team = make_team()
    post = make_post(team, add_member(team).profile.user, state="pending")
    arguments = {"post_id": post.pk, "state": "pending", "at": "2026-11-01T12:00:00+00:00"}
    return Case(arguments, effect=news(team.captain.user, "post_waiting"))


@once("teams.send_join_request_notification", expects=1)
def a_request_to_join() -> Case:
    team = make_team()
    request = make_request(team)
    return Case({"request_id": request.pk}, effect=news(team.captain.user, "join_request"))


@once("teams.send_thread_notification", expects=1)
def a_thread_that_names_a_member() -> Case:
    team = make_team()
    named = add_member(team).profile.user
    thread = BoardThread.objects.create(
        team=team, author=team.captain.user, title="Scrim", body=f"Ready, @{named.username}?"
    )
    return Case({"thread_id": thread.pk}, effect=news(named, "board_mention"))


@once("teams.send_reply_notification", expects=1)
def a_reply() -> Case:
    team = make_team()
    reply = make_reply(make_thread(team), add_member(team).profile.user)
    return Case({"reply_id": reply.pk}, effect=news(team.captain.user, "board_reply"))


# --- Settling ---------------------------------------------------------------------------------------------------------


@once("teams.settle_disbanded_teams", expects=(True, 1))
def thirty_days_later() -> Case:
    team = make_team()
    Team.objects.filter(pk=team.pk).update(is_active=False, disbanded_at=timezone.now() - LONG_AGO)
    settled = Team.objects.filter(pk=team.pk, settled_at__isnull=False)
    recorded = AuditEvent.objects.filter(action="team.settled", target_id=team.pk)
    return Case({}, effect=lambda: (settled.exists(), recorded.count()))


@once("teams.clean_expired_invites", expects=["expired"])
def an_invite_that_ran_out() -> Case:
    invite = make_invite(make_team(), make_user(), expires_at=timezone.now() - timedelta(hours=1))
    return Case({}, effect=lambda: list(TeamInvite.objects.filter(pk=invite.pk).values_list("status", flat=True)))


@once("teams.recompute_team_rankings", expects=(10, 1))
def a_team_that_was_never_counted() -> Case:
    RankingCriteria.objects.get_or_create(name="Standard", defaults={"is_active": True})
    team = make_team()
    history = TeamRankingHistory.objects.filter(team=team)
    return Case({}, effect=lambda: (Team.objects.get(pk=team.pk).total_points, history.count()))


@once("teams.expire_sponsors_task", expects=("expired", 1))
def a_sponsor_past_its_last_day() -> Case:
    sponsor = make_sponsor(make_team(), first=-30, last=-1)
    told = news(sponsor.team.captain.user, "sponsor_ended")
    return Case({}, effect=lambda: (type(sponsor).objects.get(pk=sponsor.pk).status, told()))


@once("teams.settle_sponsor_counts", expects=([(2, 1)], 0))
def a_day_that_is_over() -> Case:
    sponsor = make_sponsor(make_team())
    for kind in "iic":
        SponsorSighting.objects.create(sponsor=sponsor, day=today(-3), kind=kind, visitor=uuid4())
    days = SponsorDay.objects.filter(sponsor=sponsor)
    left = SponsorSighting.objects.filter(sponsor=sponsor)
    return Case({}, effect=lambda: (list(days.values_list("impressions", "clicks")), left.count()))


@once("teams.process_scheduled_promotions_task", expects=(["active", "expired"], 1, 1))
def promotions_that_begin_and_end() -> Case:
    team = make_team()
    make_promotion(team)
    make_promotion(team, start=-9, end=-1)
    began, ended = news(team.captain.user, "promotion_started"), news(team.captain.user, "promotion_ended")
    return Case({}, effect=lambda: (sorted(team.promotions.values_list("status", flat=True)), began(), ended()))


@once("teams.settle_achievements", expects=(["back_to_back"], 1))
def two_titles_that_are_not_on_the_shelf() -> Case:
    team = make_team()
    for day in (-5, -3):
        make_result(team, place=1, day=day)
    shelf, told = TeamAchievement.objects.filter(team=team), news(team.captain.user, "achievement_earned")
    return Case({}, effect=lambda: (list(shelf.values_list("milestone", flat=True)), told()))


@once("teams.purge_removed_posts", expects=False)
def a_post_that_nobody_can_bring_back() -> Case:
    post = make_post(make_team(), state="removed", removed_at=timezone.now() - LONG_AGO * 3)
    return Case({}, effect=TeamPost.objects.filter(pk=post.pk).exists)


# --- Coins ------------------------------------------------------------------------------------------------------------


@once("teams.pay_first_teams", expects=[50])
def a_first_team_that_no_event_told_of() -> Case:
    policy("first_team")
    captain = make_user()
    make_team(captain=captain)
    return Case({}, effect=lambda: paid(captain))


@once("teams.pay_top_ten", expects=[50])
def a_week_at_the_top() -> Case:
    policy("weekly_top_ten")
    TeamRankingBreakdown.objects.update(rank=99)
    team = make_team()
    TeamRankingBreakdown.objects.create(team=team, game=team.game, region=team.region, rank=1)
    TeamMembership.objects.filter(team=team).update(joined_at=timezone.now() - LONG_AGO)
    return Case({}, effect=lambda: paid(team.captain.user))


# --- Results ----------------------------------------------------------------------------------------------------------


def players(team: Team) -> list[dict[str, object]]:
    return [{"profile": team.captain_id, "name": team.captain.display_name, "role": "captain"}]


@once("teams.send_result_notification", expects=1)
def a_result() -> Case:
    team = make_team()
    result = make_result(team, place=1, day=0, roster=players(team))
    return Case({"result_id": result.pk}, effect=news(team.captain.user, "result_recorded"))


def sent(*steps: Callable[[ResultImport], object]) -> tuple[ResultImport, list[Team]]:
    """Return a file with two results that has come so far, with nothing of it on its way."""
    for rule in RESULT_RULES:
        policy(rule, 100)
    teams = [make_team(), make_team()]
    rows = [
        row(team.slug, place, tournament=1_000_000 + teams[0].pk, day=today(), roster=team.captain.user.username)
        for place, team in enumerate(teams, 1)
    ]
    with transaction.atomic():
        imported = result_imports.start_import(actor=None, file_name="cup.csv", stream=BytesIO(table(*rows)))
        Job.objects.filter(state=Job.State.QUEUED).delete()
    for step in steps:
        with transaction.atomic():  # what it starts is gone before it could run
            step(imported)
            Job.objects.filter(state=Job.State.QUEUED).delete()
    return imported, teams


def check(imported: ResultImport) -> None:
    result_imports.check_import(imported.pk)


def confirm(imported: ResultImport) -> None:
    result_imports.confirm_import(actor=None, import_id=imported.pk)


def record(imported: ResultImport) -> None:
    result_imports.record_import(imported.pk)


def state(imported: ResultImport) -> str:
    return ResultImport.objects.values_list("state", flat=True).get(pk=imported.pk)


@once("teams.check_results_file", expects=("checked", ["new", "new"]))
def a_file_that_came_in() -> Case:
    imported, _ = sent()
    effects = imported.rows.values_list("effect", flat=True)
    return Case({"import_id": imported.pk}, effect=lambda: (state(imported), list(effects.all())))


@once("teams.record_results_file", expects=("done", [1, 2], [[100, 100], [100, 100]]))
def a_file_that_was_confirmed() -> Case:
    imported, teams = sent(check, confirm)
    results = TeamTournamentRegistration.objects.filter(team__in=teams).order_by("placement")
    return Case(
        {"import_id": imported.pk},
        effect=lambda: (
            state(imported),
            list(results.values_list("placement", flat=True)),
            [paid(team.captain.user) for team in teams],
        ),
    )


@once("teams.pay_results_file", expects=("done", [[100, 100], [100, 100]], 1))
def a_file_that_was_recorded() -> Case:
    imported, teams = sent(check, confirm, record)
    told = news(teams[0].captain.user, "result_recorded")
    return Case(
        {"import_id": imported.pk},
        effect=lambda: (state(imported), [paid(team.captain.user) for team in teams], told()),
    )


@once("teams.send_results_file_notifications", expects=[1, 1])
def a_file_that_nobody_heard_of() -> Case:
    imported, teams = sent(check, confirm, record)
    told = [news(team.captain.user, "result_recorded") for team in teams]
    return Case({"import_id": imported.pk}, effect=lambda: [count() for count in told])


@once("teams.prune_result_imports", expects=False)
def a_file_that_nobody_confirmed() -> Case:
    imported, _ = sent(check)
    ResultImport.objects.filter(pk=imported.pk).update(created_at=timezone.now() - LONG_AGO)
    return Case({}, effect=ResultImport.objects.filter(pk=imported.pk).exists)

"""Practice: planning, moving, cancelling, who comes, who is reminded, and what earns points."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.core.models import AuditEvent, Job
from apps.notifications.models import Notification
from apps.teams import tasks
from apps.teams.models import PracticeAnswer, PracticeSession, Team
from apps.teams.permissions import standing
from apps.teams.selectors import practice as selectors
from apps.teams.selectors import rank_explained
from apps.teams.services.practice import Plan, answer_practice, plan_practice
from apps.teams.services.practice_changes import FOLLOWING, cancel_practice, change_practice, restore_practice
from apps.teams.services.ranking_service import ranking_service
from tests.teams.club import make_practice, say, today
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db
DHAKA = ZoneInfo("Asia/Dhaka")
HOUR = timedelta(hours=1)


def at(days, hour=21):
    """The day from today at this hour in Dhaka."""
    return datetime.combine(today(days), datetime.min.time(), tzinfo=DHAKA) + timedelta(hours=hour)


def asked(days=3, hour=21, **changes):
    return Plan(**{"title": "Scrim", "starts_at": at(days, hour), "ends_at": at(days, hour + 2), **changes})


def of(session, **changes):
    """The plan of a session as it is, but for the changes."""
    told = ("title", "kind", "starts_at", "ends_at", "time_zone", "place", "link", "opponent", "notes")
    return Plan(**{**{name: getattr(session, name) for name in told}, **changes})


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("type", flat=True))


def reminders():
    return Job.objects.filter(name="teams.send_practice_reminder").order_by("pk")


@pytest.fixture
def mim(wolves):
    return add_member(wolves, make_user("mim")).profile.user


@pytest.fixture
def act(django_capture_on_commit_callbacks):
    """Do something and let its jobs run, as the person who asked for it."""

    def run(do, **words):
        with django_capture_on_commit_callbacks(execute=True):
            return do(**words)

    return run


def test_a_plan_is_told_to_the_members_and_its_reminder_waits(wolves, rafi, mim, act):
    session = act(plan_practice, actor=rafi, team_id=wolves.pk, plan=asked(title="  Scrim   on Ascent "))

    assert (session.title, session.series, session.sequence) == ("Scrim on Ascent", None, 0)
    assert told(mim) == ["teams.practice_planned"]
    assert [(job.state, job.run_at, job.args) for job in reminders()] == [
        ("queued", at(3) - HOUR / 2, {"session_id": session.pk, "starts_at": session.starts_at.isoformat()})
    ]
    assert AuditEvent.objects.get(action="team.practice_planned").new["sessions"] == 1


def test_each_week_is_a_session_of_its_own_and_one_piece_of_news(wolves, rafi, mim, act):
    act(plan_practice, actor=rafi, team_id=wolves.pk, plan=asked(), weekly_until=today(17))
    rows = list(PracticeSession.objects.all())
    assert [row.starts_at for row in rows] == [at(3), at(10), at(17)]
    assert len({row.series_id for row in rows}) == 1
    assert len({row.uid for row in rows}) == 3
    assert told(mim) == ["teams.practice_planned"]
    assert "And 2 more" in Notification.objects.filter(recipient=mim).get().body
    assert reminders().count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": "party"}, "kind"),
        ({"starts_at": timezone.now() - HOUR}, "starts_at"),
        (
            {"starts_at": timezone.now() + timedelta(days=367), "ends_at": timezone.now() + timedelta(days=368)},
            "starts_at",
        ),
        ({"ends_at": at(3)}, "ends_at"),
        ({"ends_at": at(3, 34)}, "ends_at"),
        ({"time_zone": "Asia/Atlantis"}, "time_zone"),
        ({"link": "http://lobby.example"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"notes": "x" * 1001}, "notes"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(wolves, rafi, changes, field):
    with pytest.raises(DomainError) as refusal:
        plan_practice(actor=rafi, team_id=wolves.pk, plan=asked(**changes))
    assert refusal.value.field == field
    assert not PracticeSession.objects.exists()
    assert not Job.objects.exists()


def test_a_series_is_half_a_year_at_the_most_and_a_calendar_holds_120(wolves, rafi):
    with pytest.raises(DomainError, match="26 weeks"):
        plan_practice(actor=rafi, team_id=wolves.pk, plan=asked(), weekly_until=today(3 + 26 * 7))
    PracticeSession.objects.bulk_create(
        PracticeSession(team=wolves, title="x", starts_at=at(40), ends_at=at(40) + HOUR) for _ in range(120)
    )
    with pytest.raises(Conflict, match="120 sessions"):
        plan_practice(actor=rafi, team_id=wolves.pk, plan=asked())


def test_an_overlap_is_said_and_can_be_set_aside(wolves, rafi, mim):
    make_practice(wolves, "Old scrim", starts_at=at(3, 20), ends_at=at(3, 22))
    other = make_team(game="cs2")
    add_member(other, mim)
    make_practice(other, starts_at=at(3, 22), ends_at=at(3, 24))
    make_practice(wolves, "Cancelled", starts_at=at(3, 21), cancelled=True)

    with pytest.raises(Conflict) as refusal:
        plan_practice(actor=rafi, team_id=wolves.pk, plan=asked())
    assert refusal.value.code == "overlaps"
    assert refusal.value.message.startswith("Old scrim is planned then already")
    assert "1 of you practises with another team then." in refusal.value.message
    assert PracticeSession.objects.filter(team=wolves).count() == 2

    assert plan_practice(actor=rafi, team_id=wolves.pk, plan=asked(), anyway=True).pk
    # One that begins when another ends is no overlap.
    assert selectors.conflicts(wolves, [(at(3, 24), at(3, 25))]) == []


def test_moving_asks_again_counts_the_edition_and_the_old_reminder_is_silent(wolves, rafi, mim, act):
    session = act(plan_practice, actor=rafi, team_id=wolves.pk, plan=asked())
    act(answer_practice, actor=mim, session_id=session.pk, answer="yes")
    old = session.starts_at.isoformat()

    act(change_practice, actor=rafi, session_id=session.pk, plan=of(session, starts_at=at(4), ends_at=at(4, 23)))

    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (at(4), 1)
    assert not PracticeAnswer.objects.exists()
    assert told(mim) == ["teams.practice_planned", "teams.practice_moved"]
    assert reminders().count() == 2
    assert tasks.send_practice_reminder.run(session_id=session.pk, starts_at=old) == 0
    assert tasks.send_practice_reminder.run(session_id=session.pk, starts_at=session.starts_at.isoformat()) == 2
    assert tasks.send_practice_reminder.run(session_id=session.pk, starts_at=session.starts_at.isoformat()) == 0


def test_other_words_keep_the_answers_and_the_same_words_change_nothing(wolves, rafi, mim, act):
    session = act(plan_practice, actor=rafi, team_id=wolves.pk, plan=asked())
    say(session, mim)
    act(change_practice, actor=rafi, session_id=session.pk, plan=of(session, place="Mirpur"))
    act(change_practice, actor=rafi, session_id=session.pk, plan=of(session, place="Mirpur"))
    session.refresh_from_db()
    assert (session.place, session.sequence, PracticeAnswer.objects.count()) == ("Mirpur", 1, 1)
    assert told(mim) == ["teams.practice_planned", "teams.practice_changed"]
    assert reminders().count() == 1


def test_all_that_follow_move_along_and_those_before_stay(wolves, rafi, act):
    act(plan_practice, actor=rafi, team_id=wolves.pk, plan=asked(), weekly_until=today(24))
    rows = list(PracticeSession.objects.all())
    cancel_practice(actor=rafi, session_id=rows[2].pk)

    act(
        change_practice,
        actor=rafi,
        session_id=rows[1].pk,
        plan=of(rows[1], title="Late scrim", starts_at=at(11, 22), ends_at=at(11, 23)),
        scope=FOLLOWING,
    )

    found = list(PracticeSession.objects.order_by("pk").values_list("title", "starts_at", "ends_at", "sequence"))
    assert found == [
        ("Scrim", at(3), at(3, 23), 0),
        ("Late scrim", at(11, 22), at(11, 23), 1),
        ("Scrim", at(17), at(17, 23), 1),  # cancelled: it stays what it was
        ("Late scrim", at(25, 22), at(25, 23), 1),
    ]


def test_cancelled_sessions_stay_remind_nobody_and_come_back(wolves, rafi, mim, act):
    act(plan_practice, actor=rafi, team_id=wolves.pk, plan=asked(), weekly_until=today(17))
    rows = list(PracticeSession.objects.all())
    act(cancel_practice, actor=rafi, session_id=rows[1].pk, scope=FOLLOWING)
    assert [row.is_cancelled for row in PracticeSession.objects.all()] == [False, True, True]
    assert told(mim) == ["teams.practice_planned", "teams.practice_cancelled"]
    starts = rows[1].starts_at.isoformat()
    assert tasks.send_practice_reminder.run(session_id=rows[1].pk, starts_at=starts) == 0
    with pytest.raises(Conflict, match="was cancelled"):
        cancel_practice(actor=rafi, session_id=rows[1].pk)

    act(restore_practice, actor=rafi, session_id=rows[1].pk)
    rows[1].refresh_from_db()
    assert (rows[1].is_cancelled, rows[1].sequence) == (False, 2)
    assert told(mim)[-1] == "teams.practice_restored"
    assert tasks.send_practice_reminder.run(session_id=rows[1].pk, starts_at=starts) == 2
    assert reminders().count() == 3  # the one that waits already is enough


def test_who_said_no_is_not_reminded_and_what_has_begun_reminds_nobody(wolves, rafi, mim):
    session = make_practice(wolves, hours=0.4)
    say(session, mim, answer="no")
    assert tasks.send_practice_reminder.run(session_id=session.pk, starts_at=session.starts_at.isoformat()) == 1
    assert (told(rafi), told(mim)) == (["teams.practice_reminder"], [])
    begun = make_practice(wolves, hours=-0.1)
    assert tasks.send_practice_reminder.run(session_id=begun.pk, starts_at=begun.starts_at.isoformat()) == 0
    Team.objects.update(is_active=False)
    assert tasks.send_practice_notification.run(session_id=session.pk, change="planned") == 0


def test_what_begins_within_half_an_hour_has_no_reminder(wolves, rafi):
    soon = timezone.now() + timedelta(minutes=20)
    plan_practice(actor=rafi, team_id=wolves.pk, plan=asked(starts_at=soon, ends_at=soon + HOUR))
    assert not reminders().exists()


def test_a_member_answers_and_changes_their_mind_until_it_begins(wolves, mim):
    session = make_practice(wolves)
    for answer in ("maybe", "yes", "yes"):
        answer_practice(actor=mim, session_id=session.pk, answer=answer)
    assert list(PracticeAnswer.objects.values_list("user", "answer")) == [(mim.pk, "yes")]
    with pytest.raises(DomainError, match="yes, maybe or no"):
        answer_practice(actor=mim, session_id=session.pk, answer="sure")
    for gone in (make_practice(wolves, hours=-1), make_practice(wolves, cancelled=True)):
        with pytest.raises(Conflict):
            answer_practice(actor=mim, session_id=gone.pk, answer="yes")
    with pytest.raises(PermissionRefused):
        answer_practice(actor=make_user(), session_id=session.pk, answer="yes")
    assert PracticeAnswer.objects.count() == 1


def test_who_comes_is_told_of_present_members_only(wolves, rafi, mim):
    session = make_practice(wolves)
    say(session, rafi, make_user("gone"))
    found = selectors.attendance(session, standing(mim, wolves))
    assert [member.profile.user.username for member in found.yes] == ["rafi"]
    assert [member.profile.user.username for member in found.silent] == ["mim"]
    [row] = selectors.shown(selectors.sessions_of(standing(rafi, wolves)), wolves)
    assert (row.coming, row.mine) == (1, "yes")


@pytest.mark.parametrize(
    "broken",
    [{"kind": "party"}, {"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}, {"link": "http://lobby.example"}],
    ids=str,
)
def test_the_database_refuses_what_no_service_writes(wolves, broken):
    session = make_practice(wolves)
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticeSession.objects.filter(pk=session.pk).update(**broken)


def test_days_of_the_last_month_on_which_two_said_yes_earn_points(standard_criteria, wolves, rafi, mim):
    def held(hours, *people, **fields):
        say(make_practice(wolves, hours=hours, **fields), *people)

    held(-30, rafi, mim)
    held(-30.5, rafi, mim)  # the same day in UTC, or the day before: see the count below
    held(-100, rafi)  # one person is no practice
    held(-200, rafi, mim, cancelled=True)
    held(-24 * 31, rafi, mim)
    held(40, rafi, mim)
    ranking_service.recalculate_all_teams()
    days = {
        session.ends_at.date()
        for session in PracticeSession.objects.filter(starts_at__gte=timezone.now() - 31 * HOUR)
        if session.ends_at < timezone.now()
    }
    part = next(part for part in rank_explained.explain(wolves).parts if part.component.code == "practices")
    assert (part.count, part.now, part.points) == (len(days), len(days), 5 * len(days))
    assert {row.on for row in part.rows} == days
    assert {row.href for row in part.rows} == {""}  # the calendar is the members'

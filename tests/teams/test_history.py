"""The roster over time: who was in this team on that date."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from apps.teams.models import RosterChange, TeamMembership
from apps.teams.selectors.history import roster_on
from apps.teams.services.members import ban_member, bring_back, change_member, lift_ban, set_inactive
from apps.teams.services.rosters import leave_team, remove_member
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db


def at(day, hour=12):
    """A moment of July 2026 in Dhaka, six hours ahead of UTC."""
    return datetime(2026, 7, day, hour, tzinfo=UTC) - timedelta(hours=6)


def step(team, user, kind, when, *, status="active", role="player"):
    member = team.memberships.filter(profile=user.profile).first() or add_member(team, user, joined_at=when)
    return RosterChange.objects.create(
        team=team, profile=user.profile, membership=member, kind=kind, role=role, status=status, at=when
    )


def names(team, day):
    return [(stay.profile.user.username, stay.role) for stay in roster_on(team, date(2026, 7, day))]


@pytest.fixture
def told(db):
    """mim joins on the 5th, is co-captain from the 10th, inactive from the 15th to the 20th, and leaves on the 25th."""
    team = make_team("Padma", captain=make_user("rafi"))
    mim = make_user("mim")
    step(team, mim, "joined", at(5))
    step(team, mim, "changed", at(10), role="co_captain")
    step(team, mim, "inactive", at(15), status="inactive", role="co_captain")
    step(team, mim, "returned", at(20), role="co_captain")
    step(team, mim, "left", at(25), status="inactive", role="co_captain")
    return team


@pytest.mark.parametrize(
    ("day", "role"),
    [
        (4, None),
        (5, "player"),
        (9, "player"),
        (10, "co_captain"),
        (15, "co_captain"),  # had the seat until noon
        (16, None),
        (19, None),
        (20, "co_captain"),
        (25, "co_captain"),
        (26, None),
    ],
)
def test_the_history_tells_who_was_there(told, day, role):
    assert names(told, day) == ([("mim", role)] if role else [])


def test_a_day_is_one_of_dhaka(db):
    team, mim = make_team(), make_user("mim")
    step(team, mim, "joined", at(6, 0) - timedelta(seconds=1))
    step(team, mim, "left", at(8, 0) - timedelta(seconds=1), status="inactive")

    assert [bool(names(team, day)) for day in (4, 5, 6, 7, 8)] == [False, True, True, True, False]


def test_who_left_and_came_back_on_one_day_is_there_once_since_then(db):
    team, mim = make_team(), make_user("mim")
    step(team, mim, "joined", at(3))
    step(team, mim, "left", at(7, 10), status="inactive")
    step(team, mim, "joined", at(7, 14), role="coach")

    [stay] = roster_on(team, date(2026, 7, 7))
    assert (stay.role, stay.since) == ("coach", at(7, 14))


def test_one_query_whatever_happened(told, django_assert_num_queries):
    # The steps of one team with the players' names; the rest is counting.
    with django_assert_num_queries(1):
        roster_on(told, date(2026, 7, 31))


def test_every_act_leaves_its_step(wolves, rafi, mim):
    member = add_member(wolves, mim)
    who = {"actor": rafi, "team_id": wolves.pk, "member_id": member.pk}
    change_member(**who, role="coach")
    set_inactive(**who)
    bring_back(**who)
    ban_member(**who, reason="Toxic")
    lift_ban(**who)
    second = add_member(wolves)
    remove_member(actor=rafi, team_id=wolves.pk, member_id=second.pk)
    leave_team(actor=rafi, team_id=wolves.pk)

    steps = RosterChange.objects.filter(team=wolves).order_by("pk").values_list("kind", "status", "role")
    assert list(steps) == [
        ("joined", "active", "captain"),
        ("joined", "active", "player"),
        ("changed", "active", "coach"),
        ("inactive", "inactive", "coach"),
        ("returned", "active", "coach"),
        ("banned", "banned", "coach"),
        ("unbanned", "inactive", "coach"),
        ("joined", "active", "player"),
        ("removed", "inactive", "player"),
        ("left", "inactive", "captain"),
    ]


def test_strangers_read_that_someone_left_and_captains_why(client, wolves, rafi, mim):
    member = add_member(wolves, mim)
    ban_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, reason="Secret reason")
    lift_ban(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    of_visitor = client.get("/teams/dhaka-wolves/history/").content.decode()
    client.force_login(rafi)
    of_captain = client.get("/teams/dhaka-wolves/history/").content.decode()

    assert ("</a> left" in of_visitor, "banned" in of_visitor, "invited again" in of_visitor) == (True, False, False)
    assert ("was banned" in of_captain, "invited again" in of_captain) == (True, True)
    assert "Secret reason" not in of_visitor + of_captain


def test_the_page_answers_for_a_day(client, wolves, mim):
    add_member(wolves, mim)

    today = client.get(f"/teams/dhaka-wolves/history/?day={timezone.localdate():%Y-%m-%d}")
    long_ago = client.get("/teams/dhaka-wolves/history/?day=2020-01-01")
    nonsense = client.get("/teams/dhaka-wolves/history/?day=soon")

    assert [stay.profile.user.username for stay in today.context["stays"]] == ["rafi", "mim"]
    assert "Nobody was in the team on that day." in long_ago.content.decode()
    assert (nonsense.status_code, "Enter a valid date" in nonsense.content.decode()) == (200, True)


def test_memberships_from_before_get_their_history(wolves, mim):
    """The history begins with a migration, which knows when each stay began and ended."""
    began, ended = at(1), at(4)
    left = {"status": "inactive", "slot": None, "left_at": ended}
    TeamMembership.objects.create(team=wolves, profile=mim.profile, game="valorant", joined_at=began, **left)
    TeamMembership.objects.create(team=wolves, profile=mim.profile, game="valorant", joined_at=at(6), slot=2)
    fill = import_module("apps.teams.migrations.0003_fill_roster_history").fill

    fill(apps, None)
    fill(apps, None)

    steps = RosterChange.objects.filter(profile=mim.profile).order_by("at")
    assert list(steps.values_list("kind", "status", "role", "at")) == [
        ("joined", "active", "player", began),
        ("left", "inactive", "player", ended),
        ("joined", "active", "player", at(6)),
    ]
    assert RosterChange.objects.filter(team=wolves).exclude(profile=mim.profile).count() == 1

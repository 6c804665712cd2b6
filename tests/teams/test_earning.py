"""Coins that players earn by their teams: the first one, and a week in the top ten."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.economy.models import CoinPolicy, DeltaCrownTransaction
from apps.economy.selectors.entries import ways_to_earn
from apps.teams.models import TeamMembership, TeamRankingBreakdown
from apps.teams.services.earning import pay_first_teams, pay_top_ten
from apps.teams.services.invites import accept_invite
from apps.teams.services.teams import create_team
from deltacrown.celery import app
from tests.teams.people import add_member, make_invite, make_team, make_user

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def policies():
    for rule, window in (("first_team", "ever"), ("weekly_top_ten", "week")):
        CoinPolicy.objects.update_or_create(
            rule=rule, defaults={"amount": 50, "cap": 1, "window": window, "is_active": True}
        )


def paid(rule):
    entries = DeltaCrownTransaction.objects.filter(cause=f"rule:{rule}").order_by("pk")
    return list(entries.values_list("wallet__profile__user__username", "amount"))


def ranked(rank, captain, **fields):
    team = make_team(captain=captain, **fields)
    TeamRankingBreakdown.objects.create(team=team, game=team.game, region=team.region, rank=rank)
    TeamMembership.objects.filter(team=team).update(joined_at=MONDAY - timedelta(days=8))
    return team


def test_who_creates_a_team_and_who_joins_one_is_paid_once(django_capture_on_commit_callbacks):
    rafi, mim = make_user("rafi"), make_user("mim")
    with django_capture_on_commit_callbacks(execute=True):
        team = create_team(actor=rafi, name="Dhaka Wolves", tag="DW", game="valorant")
        create_team(actor=rafi, name="Dhaka Foxes", tag="DF", game="cs2")
    with django_capture_on_commit_callbacks(execute=True):
        accept_invite(actor=mim, invite_id=make_invite(team, mim).pk)

    assert paid("first_team") == [("rafi", 50), ("mim", 50)]


def test_an_event_that_was_lost_is_made_good_once():
    team = make_team(captain=make_user("rafi"))
    add_member(team, make_user("mim"))
    old = add_member(team, make_user("old"))
    TeamMembership.objects.filter(pk=old.pk).update(joined_at=timezone.now() - timedelta(days=3))

    assert pay_first_teams(since=timezone.now() - timedelta(days=2)) == 2
    assert pay_first_teams(since=timezone.now() - timedelta(days=2)) == 0
    assert sorted(paid("first_team")) == [("mim", 50), ("rafi", 50)]


def test_a_week_in_a_top_ten_team_pays_its_members_each_week_once():
    first = ranked(1, make_user("rafi"))
    ranked(10, make_user("nusrat"))
    ranked(11, make_user("eleventh"))
    ranked(None, make_user("hidden"), is_public=False)
    ranked(2, make_user("gone"), is_active=False)
    add_member(first, make_user("late"), joined_at=MONDAY - timedelta(days=2))
    add_member(first, make_user("banned"), status="banned", joined_at=MONDAY - timedelta(days=60))
    add_member(first, make_user("closed", is_active=False), joined_at=MONDAY - timedelta(days=60))

    assert pay_top_ten(at=MONDAY) == 2
    assert pay_top_ten(at=MONDAY + timedelta(days=2)) == 0
    assert paid("weekly_top_ten") == [("rafi", 50), ("nusrat", 50)]


def test_next_week_pays_again_also_when_its_job_comes_a_little_early(monkeypatch):
    ranked(1, make_user("rafi"))
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    pay_top_ten(at=MONDAY)
    early = MONDAY + timedelta(days=7, seconds=-20)
    monkeypatch.setattr(timezone, "now", lambda: early)

    assert pay_top_ten(at=early) == 1
    assert paid("weekly_top_ten") == [("rafi", 50)] * 2


def test_who_is_in_two_leading_teams_is_paid_once():
    rafi = make_user("rafi")
    ranked(1, rafi)
    ranked(2, rafi, game="cs2")

    assert pay_top_ten(at=MONDAY) == 1


def test_the_payment_comes_after_the_nights_ranking_on_mondays():
    schedule = app.conf.beat_schedule
    ranking, payment = schedule["recompute-rankings-daily"]["schedule"], schedule["pay-top-ten-weekly"]["schedule"]
    assert (payment.day_of_week, min(payment.hour), min(payment.minute)) == ({1}, 2, 40)
    assert (min(ranking.hour), min(ranking.minute)) < (2, 40)


def test_both_are_offered_as_ways_to_earn():
    words = [way.words for way in ways_to_earn(None)]
    assert "Joining a first team" in words
    assert "A week in a top-ten team" in words

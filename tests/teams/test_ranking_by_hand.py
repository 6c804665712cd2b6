"""What people do to the ranking: adjustments, weights, results, and looks at what would be and what was."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.corelib.ranking import Weights
from apps.notifications.models import Notification
from apps.teams.models import (
    RankingCriteria,
    Team,
    TeamPointsAdjustment,
    TeamRankingBreakdown,
    TeamRankingHistory,
    TeamTournamentRegistration,
)
from apps.teams.selectors.ranking_totals import active_weights
from apps.teams.selectors.ranking_what_if import ranking_at, simulate
from apps.teams.services.points import activate_criteria, adjust_points, save_criteria
from apps.teams.services.ranking_service import ranking_service
from apps.teams.services.results import record_result
from tests.teams.people import add_member, make_team, make_user
from tests.teams.test_ranking import everything, played

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard_criteria")]
recalculate = ranking_service.recalculate_all_teams


@pytest.fixture
def boss(db):
    return make_user("boss", is_superuser=True, is_staff=True)


# --- By hand ----------------------------------------------------------------------------------------------------------


def test_an_adjustment_counts_at_once_and_the_captain_hears_why(wolves, rafi, boss, django_capture_on_commit_callbacks):
    recalculate()
    with django_capture_on_commit_callbacks(execute=True):
        adjust_points(actor=boss, team=wolves, amount=-4, reason=" Late at the final ")

    wolves.refresh_from_db()
    assert (wolves.adjust_points, wolves.total_points) == (-4, 6)
    change = TeamRankingHistory.objects.first()
    assert (change.before, change.after, change.source, change.reason, change.actor_id) == (
        10,
        6,
        "adjustment",
        "Late at the final",
        boss.pk,
    )
    event = AuditEvent.objects.get(action="team.points_adjusted")
    assert (event.actor_id, event.old, event.new) == (
        boss.pk,
        {"adjust_points": 0},
        {"adjust_points": -4, "reason": "Late at the final"},
    )
    told = Notification.objects.get()
    assert told.recipient_id == rafi.pk
    assert "Late at the final" in told.body
    assert recalculate()["teams_updated"] == 0


@pytest.mark.parametrize(
    ("amount", "reason", "field"),
    [(0, "x", "amount"), (100_001, "x", "amount"), (5, " ", "reason"), (5, "x" * 201, "reason")],
)
def test_an_adjustment_needs_a_reason_and_a_size(wolves, boss, amount, reason, field):
    with pytest.raises(DomainError) as refused:
        adjust_points(actor=boss, team=wolves, amount=amount, reason=reason)
    assert refused.value.field == field
    assert not TeamPointsAdjustment.objects.exists()


def test_only_staff_of_the_ranking_change_it(wolves, rafi, enqueued):
    criteria = RankingCriteria(name="Mine")
    for act in (
        lambda: adjust_points(actor=rafi, team=wolves, amount=5, reason="Please"),
        lambda: save_criteria(actor=rafi, criteria=criteria),
        lambda: record_result(actor=rafi, team_id=wolves.pk, tournament_id=1, tournament_name="Cup"),
    ):
        with pytest.raises(PermissionRefused):
            act()
    wolves.refresh_from_db()
    assert (wolves.adjust_points, wolves.total_points, enqueued()) == (0, 0, [])
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("model", [TeamRankingHistory, TeamPointsAdjustment])
def test_the_database_refuses_to_rewrite_what_was(wolves, boss, model):
    adjust_points(actor=boss, team=wolves, amount=50, reason="Fair play")
    row = model.objects.first()
    for act in (lambda: model.objects.update(reason="x"), row.delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()
    assert model.objects.get(pk=row.pk).reason == row.reason


# --- Criteria ---------------------------------------------------------------------------------------------------------


def test_the_platform_starts_with_the_standard_weights():
    assert RankingCriteria.objects.get(is_active=True).weights == Weights()
    RankingCriteria.objects.all().delete()
    assert active_weights() == Weights()


def test_one_set_of_weights_is_active(wolves, boss):
    other = save_criteria(actor=boss, criteria=RankingCriteria(name="Season 2", active_member=7))
    assert active_weights() == Weights()
    with pytest.raises(IntegrityError), transaction.atomic():
        RankingCriteria.objects.filter(pk=other.pk).update(is_active=True)

    activate_criteria(actor=boss, criteria_id=other.pk)

    assert list(RankingCriteria.objects.filter(is_active=True)) == [other]
    recalculate()
    assert Team.objects.get().total_points == 7
    assert AuditEvent.objects.get(action="ranking_criteria.activated").new == {"active": "Season 2"}


def test_a_changed_weight_is_recorded_with_old_and_new(boss):
    criteria = RankingCriteria.objects.get()
    criteria.winner = 400
    save_criteria(actor=boss, criteria=criteria)
    event = AuditEvent.objects.get(action="ranking_criteria.saved")
    assert (event.old, event.new) == ({"winner": 500}, {"winner": 400})
    assert RankingCriteria.objects.get().is_active is True


# --- Results ----------------------------------------------------------------------------------------------------------


def test_a_result_is_recorded_once_and_remembers_the_roster(wolves, boss, recorded):
    facts = {
        "actor": boss,
        "team_id": wolves.pk,
        "tournament_id": 7,
        "tournament_name": "Dhaka Open",
        "placement": 1,
        "prize": 900,
        "played_on": timezone.localdate(),
    }
    first = record_result(**facts)
    add_member(wolves)

    assert record_result(**facts) == first
    assert recorded() == ["team.result_recorded"]
    assert [member["name"] for member in first.roster] == ["rafi"]
    corrected = record_result(**{**facts, "placement": 2})
    assert (corrected.pk, corrected.placement, corrected.roster) == (first.pk, 2, first.roster)


def test_a_title_has_one_winner(wolves, boss):
    ravens = make_team("Ravens")
    played(wolves, 7, 1)
    with pytest.raises(Conflict) as refused:
        record_result(
            actor=boss,
            team_id=ravens.pk,
            tournament_id=7,
            tournament_name="Cup",
            placement=1,
            played_on=date(2026, 5, 1),
        )
    assert refused.value.message == "Another team has place 1 of this tournament."
    assert not ravens.tournament_registrations.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"placement": 0, "played_on": date(2026, 5, 1)}, "placement"),
        ({"placement": 1, "status": "withdrawn"}, "placement"),
        ({}, "played_on"),
        ({"played_on": date(2100, 1, 1)}, "played_on"),
        ({"status": "dreamt"}, "status"),
    ],
)
def test_a_result_that_makes_no_sense_is_refused(wolves, boss, facts, field):
    with pytest.raises(DomainError) as refused:
        record_result(actor=boss, team_id=wolves.pk, tournament_id=1, tournament_name="Cup", **facts)
    assert refused.value.field == field
    assert not TeamTournamentRegistration.objects.exists()


# --- What if ----------------------------------------------------------------------------------------------------------


def test_the_simulator_says_who_would_move_and_writes_nothing(wolves):
    ravens = make_team("Ravens", adjust_points=100)
    played(wolves, 1, 1)
    recalculate()
    before = everything()

    found = simulate(Weights(winner=10))

    assert [(move.team, move.rank_before, move.rank_after, move.points_after) for move in found.moves] == [
        (ravens, 2, 1, 110),
        (wolves, 1, 2, 70),
    ]
    assert (found.teams, found.points_change, found.rank_changes) == (2, 1, 2)
    assert everything() == before
    assert simulate(Weights()).rank_changes == 0


def test_the_ranking_of_a_past_moment_is_told_again(wolves):
    make_team("Ravens", adjust_points=5)
    nothing_yet = timezone.now()
    recalculate()
    first = timezone.now()
    played(wolves, 1, 1)
    recalculate()

    def place(at, **scope):
        return [(row.team.name, row.rank, row.points) for row in ranking_at(at, **scope)]

    assert place(nothing_yet) == []
    assert place(first) == [("Ravens", 1, 15), ("Dhaka Wolves", 2, 10)]
    assert place(timezone.now()) == [("Dhaka Wolves", 1, 560), ("Ravens", 2, 15)]
    assert place(timezone.now()) == [
        (row.team.name, row.rank, row.total) for row in TeamRankingBreakdown.objects.order_by("rank")
    ]
    assert place(first, game="cs2") == []

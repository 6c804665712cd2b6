"""The ranking for staff, and what the demo shows of it."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.models import AuditEvent
from apps.teams.demo import rankings as demo_rankings
from apps.teams.demo import teams as demo
from apps.teams.models import RankingCriteria, Team, TeamPointsAdjustment, TeamTournamentRegistration
from apps.teams.selectors import leaderboards
from apps.teams.services.points import adjust_points
from tests.teams.people import make_team, make_user
from tests.teams.test_ranking import played
from tests.teams.test_ranking_pages import recalculate, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard_criteria")]


@pytest.fixture
def boss(db, settings):
    settings.ADMIN_REQUIRE_MFA = False
    return make_user("boss", is_superuser=True, is_staff=True)


# --- Staff ------------------------------------------------------------------------------------------------------------

STAFF_PAGES = ["teams_ranking_what_if", "teams_ranking_past"]


@pytest.mark.parametrize("name", STAFF_PAGES)
@pytest.mark.parametrize(("who", "status"), [("visitor", 302), ("user", 403), ("staff", 403), ("superuser", 200)])
def test_only_staff_of_the_ranking_try_weights_and_look_back(client, wolves, boss, name, who, status):
    if who != "visitor":
        user = boss if who == "superuser" else make_user(is_staff=who == "staff")
        client.force_login(user)
    assert client.get(reverse(f"admin:{name}")).status_code == status


def test_staff_try_other_weights(client, wolves, boss):
    make_team("Ravens", adjust_points=100)
    played(wolves, 1, 1)
    recalculate()
    client.force_login(boss)
    weights = {name: getattr(RankingCriteria.objects.get(), name) for name in RankingCriteria.WEIGHT_FIELDS}

    page = client.get(reverse("admin:teams_ranking_what_if"), {**weights, "winner": 10, "max_months": ""})

    assert "1 of 2 teams would have other points, 2 another place." in text(page)
    assert "1 (up 1) 2 Ravens" in text(page)
    assert Team.objects.get(pk=wolves.pk).total_points == 560


def test_staff_look_back(client, wolves, boss):
    recalculate()
    client.force_login(boss)
    url = reverse("admin:teams_ranking_past")
    assert "1 Dhaka Wolves [DW] 10" in text(client.get(url, {"day": timezone.localdate()}))
    assert "No team had points on that day." in text(client.get(url, {"day": "2020-01-01"}))


def test_the_admin_adjusts_and_records_through_the_services(client, wolves, boss):
    client.force_login(boss)
    client.post(
        reverse("admin:teams_teampointsadjustment_add"), {"team": wolves.pk, "amount": 25, "reason": "Fair play"}
    )
    result = {
        "team": wolves.pk,
        "tournament_id": 4,
        "tournament_name": "Dhaka Open",
        "status": "completed",
        "placement": 1,
        "prize": 0,
        "played_on": "2026-05-01",
    }
    client.post(reverse("admin:teams_teamtournamentregistration_add"), result)

    assert TeamPointsAdjustment.objects.get().actor_id == boss.pk
    assert TeamTournamentRegistration.objects.get().placement == 1
    assert {"team.points_adjusted", "team.result_recorded"} <= set(AuditEvent.objects.values_list("action", flat=True))

    page = client.post(
        reverse("admin:teams_teamtournamentregistration_add"), {**result, "tournament_id": 5, "played_on": ""}
    )
    assert "Say on which day it was played." in text(page)
    assert TeamTournamentRegistration.objects.count() == 1


def test_the_admin_activates_weights_and_recalculates(client, wolves, boss):
    other = RankingCriteria.objects.create(name="Season 2", active_member=3)
    client.force_login(boss)
    url = reverse("admin:teams_rankingcriteria_changelist")
    client.post(url, {"action": "activate", "_selected_action": [other.pk]})
    client.post(url, {"action": "recalculate", "_selected_action": [other.pk]})

    assert RankingCriteria.objects.get(is_active=True) == other
    assert Team.objects.get().total_points == 3


@pytest.mark.parametrize(
    "model",
    [
        "rankingcriteria",
        "teamtournamentregistration",
        "teampointsadjustment",
        "teamrankingbreakdown",
        "teamrankinghistory",
        "rankingrun",
    ],
)
def test_the_admin_lists_and_shows(client, wolves, boss, model):
    played(wolves, 1, 1)
    recalculate()
    adjust_points(actor=boss, team=wolves, amount=5, reason="Fair play")
    client.force_login(boss)
    page = client.get(reverse(f"admin:teams_{model}_changelist"))
    assert page.status_code == 200
    row = page.context["cl"].result_list[0]
    assert client.get(reverse(f"admin:teams_{model}_change", args=[row.pk])).status_code == 200


# --- Demo -------------------------------------------------------------------------------------------------------------


def test_the_demo_loads_once_and_looks_alive():
    from apps.core import slots

    for load in slots.fillings("demo"):
        load()
        if load is demo_rankings.load:
            break
    made = TeamTournamentRegistration.objects.count()

    assert demo_rankings.load() == f"0 results made, {made} there"
    assert made == sum(len(cup.order.split()) for cup in demo_rankings.CUPS if cup.day < date.today())
    board = leaderboards.public_board(leaderboards.Scope())
    assert len(board.lines) == len(demo.TEAMS)
    assert any(line.movement for line in board.lines) == (made > 0)

"""The hub and the side panel: what they show, that it is kept, that it is forgotten, and that it is nobody's own."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.template import Context, Template
from django.utils import timezone

from apps.teams.models import Team
from apps.teams.selectors import hub as hub_selectors
from apps.teams.selectors import shelves
from apps.teams.services import rosters, staff
from apps.teams.services.ranking_service import ranking_service
from apps.teams.services.teams import update_team
from tests.teams.people import add_member, make_team, make_user
from tests.teams.test_pages import text

pytestmark = pytest.mark.django_db


def panel(team=None):
    return Template("{% load team_sidebar %}{% team_sidebar team %}").render(Context({"team": team}))


def test_the_hub_shows_who_leads_each_game_and_who_moved(client, wolves, django_capture_on_commit_callbacks):
    tigers = make_team("Padma Tigers", tag="PT")
    Team.objects.filter(pk=wolves.pk).update(created_at=timezone.now() - timezone.timedelta(days=70))
    ranking_service.recalculate_all_teams()
    Team.objects.filter(pk=tigers.pk).update(created_at=timezone.now() - timezone.timedelta(days=700))
    with django_capture_on_commit_callbacks(execute=True):
        ranking_service.recalculate_all_teams()

    page = client.get("/teams/hub/")

    valorant = next(game for game in page.context["hub"].games if game.code == "valorant")
    assert [(line.name, line.position, line.movement) for line in valorant.lines] == [
        ("Padma Tigers", 1, 1),
        ("Dhaka Wolves", 2, -1),
    ]
    assert "up 1 place" in text(page)


def test_the_hub_lists_featured_recruiting_and_newest_public_teams(client, wolves):
    make_team("Looking Team", is_recruiting=True)
    make_team("Star Team", is_featured=True, is_verified=True)
    make_team("Hidden Team", is_featured=True, is_recruiting=True, is_public=False)

    hub = client.get("/teams/hub/").context["hub"]

    assert [card.name for card in hub.featured] == ["Star Team"]
    assert [card.name for card in hub.recruiting] == ["Looking Team"]
    assert [card.name for card in hub.newest] == ["Star Team", "Looking Team", "Dhaka Wolves"]
    assert (hub.teams, hub.looking, hub.verified) == (3, 1, 1)


def test_an_empty_scene_is_told_as_such(client):
    page = text(client.get("/teams/hub/"))

    assert "No team looks for players today." in page
    assert "No team yet. Yours can be the first." in page


def test_own_teams_stand_on_the_hub_and_never_in_what_is_kept(client, wolves, rafi):
    Team.objects.update(is_public=False)
    client.force_login(rafi)
    assert "Dhaka Wolves" in text(client.get("/teams/hub/"))

    client.logout()
    assert "Dhaka Wolves" not in client.get("/teams/hub/").content.decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda team, rafi: update_team(actor=rafi, team_id=team.pk, is_public=False),
        lambda team, rafi: staff.set_flags(actor=make_user(is_superuser=True), team_ids=[team.pk], is_verified=True),
        lambda team, rafi: rosters.leave_team(actor=rafi, team_id=team.pk),
    ],
    ids=["hidden", "verified", "left"],
)
def test_a_change_is_seen_at_once(wolves, rafi, change, django_capture_on_commit_callbacks):
    add_member(wolves)
    before = hub_selectors.hub()
    assert hub_selectors.hub() == before

    with django_capture_on_commit_callbacks(execute=True):
        change(wolves, rafi)

    assert hub_selectors.hub() != before


def test_the_panel_is_kept_and_forgotten_when_points_change(wolves, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ranking_service.recalculate_all_teams()
    assert "Dhaka Wolves" in panel()
    Team.objects.update(name="Night Wolves")
    assert "Dhaka Wolves" in panel()

    with django_capture_on_commit_callbacks(execute=True):
        ranking_service.recalculate_all_teams()
    assert "Night Wolves" in panel()


def test_the_panel_is_the_same_for_everybody(client, wolves, rafi):
    ranking_service.recalculate_all_teams()
    cache.clear()
    client.force_login(rafi)
    mine = client.get("/teams/dhaka-wolves/").content.decode()
    client.logout()
    others = client.get("/teams/dhaka-wolves/").content.decode()

    start, end = '<section class="card team-sidebar"', "</section>"
    kept = [page[page.index(start) : page.index(end, page.index(start))] for page in (mine, others)]
    assert kept[0] == kept[1]
    assert "csrf" not in kept[0]
    assert "rafi" not in kept[0]


def test_the_panel_tells_where_the_team_stands_when_it_is_not_among_the_first(wolves):
    for number in range(6):
        make_team(f"Better {number}", created_at=timezone.now() - timezone.timedelta(days=400))
    ranking_service.recalculate_all_teams()
    wolves = Team.objects.select_related("ranking").get(pk=wolves.pk)

    page = panel(wolves)

    assert page.count("<li") == 6
    assert ">7</span>" in page
    Team.objects.update(is_public=False)
    cache.clear()
    assert "Dhaka Wolves" not in panel(Team.objects.select_related("ranking").get(pk=wolves.pk))


def test_a_crowd_builds_the_hub_once(wolves, monkeypatch):
    """Twenty ask at once with nothing kept: one builds, the others wait for it."""
    built = []
    real = hub_selectors.Hub(games=(), featured=(), recruiting=(), newest=())

    def build():
        built.append(1)
        time.sleep(0.2)
        return real

    monkeypatch.setattr(hub_selectors, "_build", build)
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda _: hub_selectors.hub(), range(20)))

    assert (len(built), answers) == (1, [real] * 20)
    connection.close_if_unusable_or_obsolete()


def test_lifetimes_are_those_of_the_manual():
    assert (shelves.LEADERBOARD.seconds, shelves.SIDEBAR.seconds) == (900, 600)

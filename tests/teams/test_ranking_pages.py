"""The leaderboards, the page that explains a rank, and what staff see."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core.cache import cache
from django.utils import timezone

from apps.common import single_flight
from apps.common.single_flight import Shelf
from apps.teams.models import Team
from apps.teams.selectors import leaderboards
from apps.teams.services.points import adjust_points
from apps.teams.services.ranking_service import ranking_service
from apps.teams.services.teams import update_team
from tests.teams.people import add_member, make_team, make_user
from tests.teams.test_ranking import many_teams, played

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard_criteria")]


def recalculate():
    """Count, and forget the boards as the commit would: a test's transaction never commits."""
    ranking_service.recalculate_all_teams()
    leaderboards.forget()


@pytest.fixture
def boss(db, settings):
    settings.ADMIN_REQUIRE_MFA = False
    return make_user("boss", is_superuser=True, is_staff=True)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def names(response):
    return [line.name for line in response.context["board"].lines]


def count(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(100) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- Leaderboards -----------------------------------------------------------------------------------------------------


def test_the_boards_show_who_stands_where(client, wolves):
    make_team("Tigers", game="cs2", region="IN", adjust_points=90)
    make_team("Ravens", region="IN", adjust_points=50)
    make_team("Hidden", adjust_points=900, is_public=False)
    recalculate()

    assert names(client.get("/teams/leaderboard/")) == ["Tigers", "Ravens", "Dhaka Wolves"]
    assert names(client.get("/teams/leaderboard/?game=valorant")) == ["Ravens", "Dhaka Wolves"]
    assert names(client.get("/teams/leaderboard/?region=IN")) == ["Tigers", "Ravens"]
    crossing = client.get("/teams/leaderboard/?game=valorant&region=IN")
    assert [(line.name, line.position) for line in crossing.context["board"].lines] == [("Ravens", 1)]
    assert names(client.get("/teams/leaderboard/?game=chess&after=x")) == ["Tigers", "Ravens", "Dhaka Wolves"]
    assert names(client.get("/teams/leaderboard/?after=1000000")) == []


def test_movement_is_told_in_words(client, wolves):
    ravens = make_team("Ravens")
    recalculate()
    Team.objects.filter(pk=ravens.pk).update(adjust_points=500)
    recalculate()

    page = text(client.get("/teams/leaderboard/"))

    assert "▲ 1 up 1 place" in page
    assert "▼ 1 down 1 place" in page


def test_a_tie_is_explained(client, wolves):
    make_team("Ravens", tag="RVN", created_at=timezone.now() - timedelta(days=1))
    recalculate()
    lines = client.get("/teams/leaderboard/").context["board"].lines
    assert [(line.name, line.tie) for line in lines] == [
        ("Ravens", ""),
        ("Dhaka Wolves", "Level with RVN, the older team"),
    ]

    played(wolves, 1, 1)
    Team.objects.filter(pk=wolves.pk).update(adjust_points=-550)
    recalculate()
    lines = client.get("/teams/leaderboard/").context["board"].lines
    assert [(line.name, line.tie) for line in lines] == [
        ("Dhaka Wolves", ""),
        ("Ravens", "Level with DW, which has more titles"),
    ]


def test_the_pages_join_without_gap_or_overlap_even_where_a_team_has_hidden(client):
    many_teams(140)
    recalculate()
    hidden = Team.objects.get(ranking__rank=50)
    Team.objects.filter(pk=hidden.pk).update(is_public=False)
    leaderboards.forget()

    seen, url = [], "/teams/leaderboard/"
    while url:
        page = client.get(url)
        seen += [line.position for line in page.context["board"].lines]
        url = page.context["next_url"] and "/teams/leaderboard/" + page.context["next_url"]

    assert seen == [number for number in range(1, 141) if number != 50]


def test_a_board_costs_the_same_with_100_and_with_2000_teams(client, django_assert_max_num_queries):
    costs = []
    for number in (100, 1900):
        many_teams(number)
        recalculate()
        for url in ("/teams/leaderboard/", "/teams/leaderboard/?game=valorant", "/teams/leaderboard/?after=50"):
            costs.append([count(client, url, django_assert_max_num_queries) for _ in ("cold", "warm")])

    # Cold: the teams with their places; their last points; the run; the last place. Warm: nothing.
    # The page after=50 finds the first page, which knows the last place, in the cache.
    assert costs == [[4, 0]] * 6


def test_own_teams_are_marked_and_in_nobodys_cache(client, wolves, rafi, django_assert_max_num_queries):
    recalculate()
    client.force_login(rafi)
    assert [line.mine for line in client.get("/teams/leaderboard/").context["board"].lines] == [True]
    with django_assert_max_num_queries(100) as captured:
        client.get("/teams/leaderboard/")
    assert sum("teams_teammembership" in query["sql"] for query in captured.captured_queries) == 1
    assert not any("teams_teamrankingbreakdown" in query["sql"] for query in captured.captured_queries)

    client.logout()
    page = client.get("/teams/leaderboard/")
    assert [line.mine for line in page.context["board"].lines] == [False]
    assert "rafi" not in page.content.decode()


def test_the_board_is_old_for_a_quarter_of_an_hour_at_the_most_and_new_after_a_recalculation(
    client, wolves, django_capture_on_commit_callbacks
):
    recalculate()
    assert client.get("/teams/leaderboard/").context["board"].lines[0].points == 10
    played(wolves, 1, 1)
    assert client.get("/teams/leaderboard/").context["board"].lines[0].points == 10

    with django_capture_on_commit_callbacks(execute=True):
        ranking_service.recalculate_all_teams()

    assert client.get("/teams/leaderboard/").context["board"].lines[0].points == 560
    assert leaderboards.SHELF.seconds == 900


def test_a_team_that_hides_leaves_the_board_at_once(client, wolves, rafi, django_capture_on_commit_callbacks):
    recalculate()
    assert names(client.get("/teams/leaderboard/")) == ["Dhaka Wolves"]
    with django_capture_on_commit_callbacks(execute=True):
        update_team(actor=rafi, team_id=wolves.pk, is_public=False)
    assert names(client.get("/teams/leaderboard/")) == []


def test_htmx_gets_the_board_alone(client, wolves):
    recalculate()
    page = client.get("/teams/leaderboard/?game=valorant", headers={"HX-Request": "true"})
    assert "<html" not in page.content.decode()
    assert "Dhaka Wolves" in text(page)


# --- One builds, the others wait or take the old one ------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_twenty_who_come_at_once_build_once():
    shelf, barrier, built = Shelf("tests:flight", seconds=60), Barrier(20), []

    def build():
        built.append(1)
        time.sleep(0.2)
        return "board"

    def come(_):
        barrier.wait(timeout=20)
        return shelf.get("key", build)

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(come, range(20))) == ["board"] * 20
    assert len(built) == 1


def test_who_comes_while_another_builds_gets_the_old_one_unless_it_was_forgotten(monkeypatch):
    shelf = Shelf("tests:flight", seconds=60)
    shelf.get("key", lambda: "old")
    now = single_flight.time.time()
    monkeypatch.setattr(single_flight.time, "time", lambda: now + 61)
    cache.set("tests:flight:key:building", 1, 20)
    assert shelf.get("key", lambda: "new") == "old"

    shelf.forget()
    monkeypatch.setattr(single_flight, "WAIT_SECONDS", 0.05)
    assert shelf.get("key", lambda: "new") == "new"


def test_what_is_forgotten_while_it_is_built_is_not_taken_for_new():
    shelf = Shelf("tests:flight", seconds=60)

    def build():
        shelf.forget()
        return "seen before the change"

    shelf.get("key", build)
    assert shelf.get("key", lambda: "seen after it") == "seen after it"


def test_a_builder_that_fails_lets_the_next_one_build():
    shelf = Shelf("tests:flight", seconds=60)
    with pytest.raises(ZeroDivisionError):
        shelf.get("key", lambda: 1 // 0)
    assert shelf.get("key", lambda: "board") == "board"


# --- Explain ----------------------------------------------------------------------------------------------------------


def test_every_point_is_traced_to_its_rows(client, wolves, mim, boss):
    add_member(wolves, mim)
    Team.objects.update(created_at=timezone.now() - timedelta(days=100))
    played(wolves, 1, 1, tournament_name="Dhaka Open")
    played(wolves, 2, 3, tournament_name="Sylhet Cup", played_on=date(2026, 6, 1))
    recalculate()
    adjust_points(actor=boss, team=wolves, amount=-7, reason="Late at the final")

    page = client.get("/teams/dhaka-wolves/rank/")
    explanation = page.context["explanation"]

    traced = {part.component.code: (part.count, [row.text for row in part.rows]) for part in explanation.parts}
    assert traced == {
        "participations": (2, ["Sylhet Cup", "Dhaka Open"]),
        "wins": (1, ["Dhaka Open: 1st"]),
        "top_fours": (1, ["Sylhet Cup: 3rd"]),
        "members": (2, ["rafi", "mim"]),
        "months": (3, ["Founded"]),
    }
    assert explanation.sum == Team.objects.get().total_points == 100 + 500 + 150 + 20 + 90 - 7
    assert not explanation.is_behind
    shown = text(page)
    assert "Late at the final" in shown
    assert "853" in shown


def test_a_change_since_the_last_count_is_told(client, wolves):
    recalculate()
    add_member(wolves)
    page = client.get("/teams/dhaka-wolves/rank/")
    assert page.context["explanation"].is_behind
    assert "Something has changed since the last count" in text(page)
    assert "points, for 1; there are 2 now" in text(page)


def test_before_the_first_count_there_is_nothing_to_explain(client, wolves):
    assert "Not counted yet" in text(client.get("/teams/dhaka-wolves/rank/"))
    assert "Points" not in text(client.get("/teams/dhaka-wolves/"))


def test_a_tie_does_not_tell_of_a_team_that_hides(client, wolves):
    other = make_team("Ravens", tag="RVN", created_at=timezone.now() - timedelta(days=1))
    recalculate()
    assert "Level with RVN, the older team." in text(client.get("/teams/dhaka-wolves/rank/"))
    Team.objects.filter(pk=other.pk).update(is_public=False)
    assert "RVN" not in text(client.get("/teams/dhaka-wolves/rank/"))


def test_the_explanation_costs_the_same_for_few_and_for_many_rows(client, wolves, django_assert_max_num_queries):
    recalculate()
    few = count(client, "/teams/dhaka-wolves/rank/", django_assert_max_num_queries)
    for number in range(30):
        played(wolves, number, None)
    recalculate()

    # Team; followers; breakdown; members; results; achievements; practice; posts; chat; history; run; adjustments;
    # weights.
    assert (few, count(client, "/teams/dhaka-wolves/rank/", django_assert_max_num_queries)) == (13, 13)


def test_the_team_page_tells_rank_and_points_without_another_query(client, wolves, django_assert_max_num_queries):
    recalculate()
    page = text(client.get("/teams/dhaka-wolves/"))
    assert "Rank in Valorant 1" in page
    assert "Points 10 Explain where they come from" in page
    # The team with its captain and rank, its followers, its roster, its sponsors.
    assert count(client, "/teams/dhaka-wolves/", django_assert_max_num_queries) == 4


def test_the_home_page_shows_top_teams_once_there_are_points(client, wolves):
    assert "Top teams" not in text(client.get("/"))
    recalculate()
    assert "Top teams" in text(client.get("/"))

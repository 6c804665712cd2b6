"""The directory: filters, orders, chips, near misses."""

import pytest
from django.utils import timezone

from apps.teams.models import Team
from tests.teams.people import fill, make_team
from tests.teams.test_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """Four teams that differ in everything the directory knows."""
    day = timezone.timedelta(days=1)
    now = timezone.now()
    return [
        make_team("Aged Wolves", tag="AW", created_at=now - 9 * day, total_points=50, is_verified=True),
        make_team("Bold Tigers", tag="BT", created_at=now - 3 * day, total_points=900, region="IN"),
        make_team("calm Ravens", tag="CR", created_at=now - 5 * day, total_points=50, game="mlbb", is_recruiting=True),
        make_team("Dawn Foxes", tag="DF", created_at=now - day, is_verified=True, is_recruiting=True),
    ]


def found(client, query=""):
    return [team.tag for team in client.get(f"/teams/?{query}").context["page"].rows]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "DF BT CR AW"),
        ("points", "BT CR AW DF"),
        ("name", "AW BT CR DF"),
        ("members", "CR BT DF AW"),
        ("nonsense", "DF BT CR AW"),
    ],
)
def test_each_order_is_complete_and_breaks_ties(client, scene, sort, order):
    fill(scene[2], 3)
    fill(scene[1], 2)

    assert found(client, f"sort={sort}") == order.split()


@pytest.mark.parametrize("sort", ["", "points", "name", "members"])
def test_the_pages_of_each_order_join_without_gap_or_overlap(client, monkeypatch, scene, sort):
    from apps.teams.views import directory

    for number in range(5):
        make_team(f"Equal {number}", tag=f"EQ{number}", created_at=scene[0].created_at, total_points=50)
    whole = found(client, f"sort={sort}")
    monkeypatch.setattr(directory, "PAGE_SIZE", 2)

    seen, url = [], f"/teams/?sort={sort}"
    while url:
        page = client.get(url)
        seen += [team.tag for team in page.context["page"].rows]
        url = page.context["next_url"] and "/teams/" + page.context["next_url"]

    assert (len(whole), seen) == (9, whole)


@pytest.mark.parametrize(
    ("query", "tags"),
    [
        ("region=IN", "BT"),
        ("verified=on", "DF AW"),
        ("verified=on&recruiting=on", "DF"),
        ("game=mlbb&region=BD", "CR"),
        ("region=XX", "DF BT CR AW"),
        ("search=%25", ""),
        ("search=%00", "DF BT CR AW"),
    ],
)
def test_filters_narrow_and_nonsense_narrows_nothing(client, scene, query, tags):
    assert found(client, query) == tags.split()


def test_the_page_counts_what_it_found(client, scene):
    assert "2 teams" in text(client.get("/teams/?verified=on"))
    assert "1 team " in text(client.get("/teams/?region=IN"))


def test_each_active_filter_is_a_chip_that_removes_it_alone(client, scene):
    page = client.get("/teams/?search=wolves&verified=on&region=BD&sort=name")

    assert [(chip["words"], chip["url"]) for chip in page.context["chips"]] == [
        ("“wolves”", "?region=BD&verified=on&sort=name"),
        ("Bangladesh", "?search=wolves&verified=on&sort=name"),
        ("Verified", "?search=wolves&region=BD&sort=name"),
    ]
    assert "Clear all" in text(page)


def test_an_empty_page_says_what_stands_in_the_way(client, scene):
    page = client.get("/teams/?game=mlbb&verified=on")

    assert "No team matches" in text(page)
    assert [(way["words"], way["count"], way["url"]) for way in page.context["loosened"]] == [
        ("Mobile Legends: Bang Bang", 2, "?verified=on"),
        ("Verified", 1, "?game=mlbb"),
    ]


@pytest.mark.parametrize(
    ("typed", "meant"), [("wolfes", ["AW"]), ("tigres", ["BT"]), ("dwn foxs", ["DF"]), ("xyzzy", []), ("zz", [])]
)
def test_a_slip_of_the_finger_still_finds_the_team(client, scene, typed, meant):
    make_team("Hidden Wolves", tag="HW", is_public=False)

    page = client.get("/teams/", {"search": typed})

    assert [team.tag for team in page.context["nearest"]] == meant
    assert ("Did you mean" in text(page)) is bool(meant)


def test_what_is_found_exactly_is_not_watered_down(client, scene):
    assert found(client, "search=wolves") == ["AW"]
    assert "nearest" not in client.get("/teams/?search=wolves").context


def test_a_stranger_learns_nothing_of_private_teams_from_the_figures(client, scene):
    Team.objects.filter(tag="CR").update(is_public=False)

    page = client.get("/teams/?game=mlbb&recruiting=on")

    assert [way["count"] for way in page.context["loosened"]] == [1]
    assert client.get("/teams/").context["count"] == 3


def test_the_api_takes_the_same_filters_and_orders(client, scene):
    answer = client.get("/api/v1/teams/?sort=name&verified=on").json()

    assert [team["tag"] for team in answer["results"]] == ["AW", "DF"]

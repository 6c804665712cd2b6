"""The pages of shelf and results: what they show, in how many queries, and in a real browser."""

import pytest
from django.urls import reverse

from apps.core import slots
from apps.teams.demo import club as club_demo
from apps.teams.models import TeamAchievement
from apps.teams.personal_data import personal_data
from apps.teams.services.accounts import leave_everything
from apps.teams.services.availability import tell_availability
from apps.teams.services.calendars import make_calendar
from apps.teams.services.milestones import settle_milestones
from tests.teams.club import make_achievement, make_practice, make_result, today
from tests.teams.people import add_member, make_team, make_user
from tests.teams.test_pages import queries_of, text

pytestmark = pytest.mark.django_db


def asked(**changes):
    return {"title": "Mirpur LAN", "achieved_on": f"{today(-3)}", "place": "1", **changes}


def test_the_captain_fills_the_shelf_on_the_page(client, wolves, rafi):
    client.force_login(rafi)
    page = client.post(reverse("teams:add_achievement", args=[wolves.slug]), asked(), follow=True)
    assert "Mirpur LAN is on the shelf" in text(page)
    row = TeamAchievement.objects.get()

    page = client.post(reverse("teams:remove_achievement", args=[wolves.slug, row.pk]), follow=True)
    assert "Taken off You can put these back" in text(page)
    client.post(reverse("teams:restore_achievement", args=[wolves.slug, row.pk]))
    row.refresh_from_db()
    assert row.removed_at is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"achieved_on": "2999-01-01"}, "That day is still to come."),
        ({"achieved_on": "31/12/2020x"}, "Enter a valid date."),
        ({"achieved_on": "99999-01-01"}, "Enter a valid date."),
        ({"place": "0"}, "greater than or equal to 1"),
        ({"place": "9" * 60}, "less than or equal to 9999"),
        ({"evidence_url": "javascript:alert(1)"}, "valid URL"),
        ({"evidence_url": "http://cup.example/"}, "Starts with https://."),
        ({"description": "x" * 10_000}, "at most 500 characters"),
        ({"description": "nul\x00"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(client, wolves, rafi, changes, says):
    client.force_login(rafi)
    page = client.post(reverse("teams:add_achievement", args=[wolves.slug]), asked(**changes))
    assert (page.status_code, says in text(page), "Mirpur LAN" in page.content.decode()) == (422, True, True)
    assert not TeamAchievement.objects.exists()


def test_words_of_a_team_are_escaped_and_its_links_are_nobodys_endorsement(client, wolves):
    make_achievement(wolves, "<b>Cup</b>", evidence_url="https://cup.example/", description="<i>won</i>")
    page = client.get(reverse("teams:achievements", args=[wolves.slug])).content.decode()
    assert "&lt;b&gt;Cup&lt;/b&gt;" in page
    assert "&lt;i&gt;won&lt;/i&gt;" in page
    assert 'href="https://cup.example/" rel="nofollow noopener ugc"' in page


def test_the_achievement_of_another_team_is_not_reached_through_mine(client, wolves, rafi):
    elsewhere = make_achievement(make_team())
    client.force_login(rafi)
    for name in ("edit_achievement", "remove_achievement", "restore_achievement"):
        assert client.post(reverse(f"teams:{name}", args=[wolves.slug, elsewhere.pk]), asked()).status_code == 404
    elsewhere.refresh_from_db()
    assert (elsewhere.removed_at, elsewhere.title == "Mirpur LAN") == (None, False)


def test_an_old_address_leads_to_the_present_one(client, wolves):
    wolves.past_names.create(name="Old", tag="OLD", slug="old-name", given_up_at="2026-01-01T00:00Z")
    for name in ("achievements", "results"):
        response = client.get(reverse(f"teams:{name}", args=["old-name"]))
        assert response["Location"] == reverse(f"teams:{name}", args=[wolves.slug])


def test_results_stand_newest_first_with_prize_roster_and_figures(client, wolves):
    make_result(wolves, tournament_name="Old Cup", place=2, day=-40)
    roster = [{"profile": 1, "name": "Rafi <b>", "role": "captain"}]
    make_result(wolves, tournament_name="New Cup", place=1, day=-4, prize=1500, roster=roster)
    make_result(wolves, tournament_name="Left Cup", status="withdrawn", day=-9)
    make_result(wolves, tournament_name="Next Cup", status="registered", played_on=None)

    response = client.get(reverse("teams:results", args=[wolves.slug]))

    assert [row.tournament_name for row in response.context["results"]] == ["New Cup", "Left Cup", "Old Cup"]
    assert [row.tournament_name for row in response.context["ahead"]] == ["Next Cup"]
    page = text(response)
    assert "৳1,500" in page
    assert "Rafi &lt;b&gt; (captain)" in page
    record = response.context["record"]
    assert (record.played, record.titles, record.finals, record.top_fours, record.prize) == (2, 1, 1, 0, 1500)


def test_results_go_on_from_page_to_page_without_gap_or_double(client, wolves):
    for number in range(60):
        make_result(wolves, tournament_name=f"Cup {number}", day=-(number // 3) - 1)  # three on each day
    seen, query = [], ""
    for _ in range(3):
        response = client.get(reverse("teams:results", args=[wolves.slug]) + query)
        seen += [row.pk for row in response.context["results"]]
        query = response.context["next_url"]
    assert (len(seen), len(set(seen)), query) == (60, 60, "")
    assert client.get(reverse("teams:results", args=[wolves.slug]) + "?after=nonsense").status_code == 200


def test_queries_of_the_pages_do_not_grow(client, wolves, rafi, django_assert_max_num_queries):
    urls = [
        reverse("teams:achievements", args=[wolves.slug]),
        reverse("teams:results", args=[wolves.slug]),
        reverse("teams:player_results", args=["rafi"]),
        "/u/rafi/",
        f"/api/v1/teams/{wolves.slug}/achievements/",
        f"/api/v1/teams/{wolves.slug}/results/",
    ]

    def budgets():
        return [queries_of(client, url, django_assert_max_num_queries) for url in urls]

    def furnish(count):
        for _ in range(count):
            make_achievement(wolves, status="confirmed")
            make_result(wolves, place=3, prize=10, day=0)
            make_result(wolves, status="registered", played_on=None)

    furnish(1)
    few = budgets()
    furnish(8)
    assert budgets() == few
    # Team, followers; the shelf. The same two; sums, those ahead, a page. The player, followers, games; seats; a page.
    assert few[:3] == [3, 5, 5]


def test_the_api_shows_the_shelf_and_takes_something_new(client, wolves, rafi):
    make_achievement(wolves, "Old Cup", status="confirmed", place=2)
    url = f"/api/v1/teams/{wolves.slug}/achievements/"
    assert [(row["title"], row["place"], row["counts"]) for row in client.get(url).json()["results"]] == [
        ("Old Cup", 2, True)
    ]
    client.force_login(rafi)
    wrong = client.post(url, {"title": "New Cup", "achieved_on": "2999-01-01"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"]) == (400, {"achieved_on": ["That day is still to come."]})
    right = client.post(url, {"title": "New Cup", "achieved_on": f"{today()}"}, content_type="application/json")
    assert (right.status_code, right.json()["status"]) == (201, "unconfirmed")


def test_the_demo_shows_every_state_and_loads_once():
    for load in slots.fillings("demo"):
        load()
    statuses = set(TeamAchievement.objects.values_list("status", "source"))
    assert statuses == {
        ("confirmed", "team"),
        ("unconfirmed", "team"),
        ("rejected", "team"),
        ("confirmed", "results"),
    }
    assert club_demo.load() == "0 achievements made"


def test_what_a_person_told_is_theirs_to_export_and_the_teams_to_keep(wolves, rafi, mim):
    add_member(wolves, mim)
    make_achievement(wolves, "Her Cup", given_by=mim)
    assert [row["title"] for row in personal_data(mim)["team_achievements_told"]] == ["Her Cup"]
    assert personal_data(rafi)["team_achievements_told"] == []
    leave_everything(mim)
    assert list(TeamAchievement.objects.values_list("title", "given_by")) == [("Her Cup", None)]


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_the_pages_are_accessible_and_fit_the_screen(person, viewport):
    rafi = make_user("rafi")
    team = make_team("Dhaka Wolves", captain=rafi, tag="DW", slug="dhaka-wolves")
    for status in ("confirmed", "unconfirmed", "rejected"):
        make_achievement(team, "W" * 80, status=status, place=1, evidence_url="https://cup.example/", day=0)
    make_achievement(team, "Gone", removed=True)
    for place in (1, 1, 2, 3, 4, 9, None):
        make_result(team, place=place, day=0, prize=12_000, roster=[{"profile": 1, "name": "W" * 40, "role": "coach"}])
    settle_milestones([team.pk])
    captain = person(viewport)
    captain.log_in(rafi)
    shelf = "/teams/dhaka-wolves/achievements/"
    calendar = "/teams/dhaka-wolves/practice/"
    practice = make_practice(team, "W" * 80, hours=1, place="W" * 120, notes="W" * 300, opponent="W" * 80)
    make_practice(team, hours=30, cancelled=True)
    make_calendar(actor=rafi)
    tell_availability(actor=rafi, places=[3, 4, 34])
    shelves = (shelf, f"{shelf}add/", "/teams/dhaka-wolves/results/", "/u/rafi/", "/u/rafi/results/")
    calendars = (
        calendar,
        f"{calendar}?month=",
        f"{calendar}plan/",
        f"{calendar}when/",
        "/me/calendar/week/",
        practice.get_absolute_url(),
        "/me/calendar/",
    )
    for path in (*shelves, *calendars, "/teams/dhaka-wolves/stats/"):
        captain.visit(path)
        captain.assert_accessible()
        width = captain.page.evaluate("document.documentElement.scrollWidth")
        assert width <= captain.page.viewport_size["width"], path

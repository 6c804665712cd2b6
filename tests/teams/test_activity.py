"""What happened in a team: one list of all kinds, complete, in order, and no more than its reader may know."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from apps.teams import permissions
from apps.teams.models import PastName, RosterChange, TeamAchievement
from apps.teams.selectors.activity import activity
from tests.teams.club import make_achievement, make_result
from tests.teams.people import add_member, make_user
from tests.teams.posting import make_post

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def lines(user, team, **options):
    page = activity(permissions.standing(user, team), **options)
    return [
        " ".join(part for part in (entry.who and entry.who.display_name, entry.words, entry.title) if part)
        for entry in page.entries
    ]


def ago(days):
    return NOW - timedelta(days=days)


def test_all_kinds_stand_in_one_list_newest_first(wolves, rafi):
    make_post(wolves, rafi, title="Try-outs", kind="announcement", published_at=ago(1))
    make_result(wolves, place=2, tournament_name="Dhaka Open", played_on=ago(2).date())
    make_achievement(wolves, title="Best of Mirpur", status="confirmed", achieved_on=ago(3).date())
    past = PastName.objects.create(team=wolves, name="Night Wolves", tag="NW", slug="night-wolves")
    PastName.objects.filter(pk=past.pk).update(given_up_at=ago(4))

    assert lines(rafi, wolves) == [
        "rafi joined as captain",
        "rafi announced Try-outs",
        "2nd place in Dhaka Open",
        "Achieved Best of Mirpur",
        "Gave up the name Night Wolves [NW]",
    ]


def test_strangers_read_no_bans_no_inner_posts_and_nothing_unconfirmed(wolves, rafi):
    player = make_user("shuvo")
    member = add_member(wolves, player, status="banned", joined_at=ago(9))
    for kind, days in (("banned", 2), ("unbanned", 1)):
        RosterChange.objects.create(
            team=wolves,
            profile=player.profile,
            membership=member,
            kind=kind,
            role="player",
            status="banned",
            at=ago(days),
        )
    make_post(wolves, rafi, title="Plan", audience="members")
    make_post(wolves, rafi, title="Draft", state="draft")
    make_post(wolves, rafi, title="Gone", state="removed", decided_by=rafi)
    make_achievement(wolves, title="Says the team")

    outside = lines(AnonymousUser(), wolves)
    assert outside == ["rafi joined as captain", "shuvo left", "shuvo joined as player"]
    inside = lines(rafi, wolves)
    assert {"shuvo was banned", "shuvo may be invited again", "rafi posted Plan"} < set(inside)
    assert not {"rafi posted Draft", "rafi posted Gone", "Achieved Says the team"} & set(inside)


@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_are_complete_also_where_much_happens_at_one_moment(wolves, rafi, size):
    day = date(2026, 11, 1)
    for number in range(4):
        make_post(wolves, rafi, title=f"Post {number}", published_at=NOW)
        make_result(wolves, tournament_name=f"Cup {number}", played_on=day)
        make_achievement(wolves, title=f"Medal {number}", status="confirmed", achieved_on=day)
    whole = lines(rafi, wolves)

    seen, cursor = [], ""
    while True:
        page = activity(permissions.standing(rafi, wolves), cursor=cursor, size=size)
        seen += page.entries
        cursor = page.next_cursor
        if not cursor:
            break
    expected = 1 + 4 + 4 + TeamAchievement.objects.kept().filter(status="confirmed").count()
    assert len(whole) == len(seen) == expected
    assert len({(entry.words, entry.title) for entry in seen}) == expected
    assert [entry.at for entry in seen] == sorted((entry.at for entry in seen), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "~", "2026-01-01~1~1", "2026-01-01T00:00:00+00:00~a~1", "9" * 500, "\x00~1~1"])
def test_a_nonsense_cursor_shows_the_first_page(wolves, client, cursor):
    response = client.get(reverse("teams:activity", args=[wolves.slug]), {"after": cursor})
    assert (response.status_code, response.context["page"].is_first) == (200, True)


def test_the_page_costs_the_same_however_much_happened(wolves, rafi, client, django_assert_max_num_queries):
    def cost():
        with django_assert_max_num_queries(1000) as captured:
            assert client.get(reverse("teams:activity", args=[wolves.slug])).status_code == 200
        return len(captured)

    client.get(reverse("teams:activity", args=[wolves.slug]))
    few = cost()
    for number in range(12):
        make_post(wolves, make_user())
        make_result(wolves, tournament_name=f"Cup {number}", played_on=date(2026, 11, 1))
    # Team; followers; one for each of the five kinds.
    assert (few, cost()) == (7, 7)

"""When people can: their own week, and how many of a team can when."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.core.errors import DomainError
from apps.corelib import week
from apps.teams.models import Availability
from apps.teams.selectors.availability import heat_map, usual_week
from apps.teams.services.availability import tell_availability
from tests.teams.people import add_member, make_user
from tests.teams.test_pages import queries_of, text

pytestmark = pytest.mark.django_db
FRIDAY_LATE = week.place_of(4, 4)
MONDAY_NIGHT = week.place_of(0, 0)


def heats(team):
    return {cell.place: (cell.count, cell.heat) for row in heat_map(team).rows for cell in row.cells if cell.count}


def test_a_set_of_blocks_is_one_number_and_comes_back():
    assert week.unpack(week.pack([0, 7, 34])) == {0, 7, 34}
    assert week.pack(range(week.SIZE)) == week.FULL
    assert (week.name_of(FRIDAY_LATE), week.name_of(MONDAY_NIGHT)) == ("Friday, 21–24", "Monday, 00–06")


@pytest.mark.parametrize("place", [-1, week.SIZE, 10**30])
def test_a_place_outside_of_the_week_is_refused(rafi, place):
    with pytest.raises(DomainError):
        tell_availability(actor=rafi, places=[place])
    assert not Availability.objects.exists()


def test_a_week_told_again_replaces_the_old_one(rafi):
    tell_availability(actor=rafi, places=[1, 2])
    tell_availability(actor=rafi, places=[3])
    assert (usual_week(rafi), Availability.objects.count()) == ({3}, 1)


def test_the_team_sees_how_many_can_of_those_who_told_and_have_a_seat(wolves, rafi):
    members = [add_member(wolves).profile.user for _ in range(3)]
    away = add_member(wolves, status="inactive", left_at=None).profile.user
    for person in (rafi, *members[:2], away, make_user()):
        tell_availability(actor=person, places=[FRIDAY_LATE])
    tell_availability(actor=members[0], places=[FRIDAY_LATE, MONDAY_NIGHT])
    tell_availability(actor=members[2], places=[])
    found = heat_map(wolves)
    assert (found.said, found.members, found.best) == (3, 4, ("Friday, 21–24: 3 of 3",))
    assert heats(wolves) == {FRIDAY_LATE: (3, 4), MONDAY_NIGHT: (1, 2)}


def test_the_pages_ask_and_tell(client, wolves, rafi):
    client.force_login(rafi)
    url = reverse("teams:when", args=[wolves.slug])
    assert "Nobody has told their week" in text(client.get(url))
    client.post(reverse("teams:my_week"), {"places": [FRIDAY_LATE, MONDAY_NIGHT]})
    assert "1 of 1 members have told their week." in text(client.get(url))
    page = client.get(reverse("teams:my_week")).content.decode()
    assert f'value="{FRIDAY_LATE}" checked' in page
    assert page.count(" checked") == 2


@pytest.mark.parametrize("place", ["35", "-1", "x", "9" * 40, "\x00"])
def test_a_wrong_block_is_refused_on_the_page(client, rafi, place):
    client.force_login(rafi)
    assert client.post(reverse("teams:my_week"), {"places": [place]}).status_code == 422
    assert not Availability.objects.exists()


def test_the_database_keeps_a_week_a_week(rafi):
    for blocks in (-1, week.FULL + 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Availability.objects.create(user=rafi, blocks=blocks)


def test_the_heat_map_costs_the_same_for_one_member_and_for_eight(client, wolves, rafi, django_assert_max_num_queries):
    client.force_login(rafi)
    url = reverse("teams:when", args=[wolves.slug])
    tell_availability(actor=rafi, places=[1])
    few = queries_of(client, url, django_assert_max_num_queries)
    for _ in range(7):
        tell_availability(actor=add_member(wolves).profile.user, places=[1, 2])
    assert queries_of(client, url, django_assert_max_num_queries) == few

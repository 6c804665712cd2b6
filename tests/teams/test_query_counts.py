"""Every list of teams asks as much of the database for many teams as for a few."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.teams import scale
from apps.teams.models import Team
from tests.teams.people import make_invite, make_user

pytestmark = pytest.mark.django_db
FEW, MANY = 20, 500

# Address: queries of a visitor with an empty cache, and with a warm one.
LISTS = {
    # Page, number of teams, what is promoted; cold: the panel's board is four more.
    "/teams/": (7, 3),
    "/teams/?sort=points": (7, 3),
    "/teams/?sort=members": (7, 3),
    "/teams/?sort=name": (7, 3),
    # A search is not held up by promotions.
    "/teams/?search=dha": (6, 2),
    "/teams/?game=valorant&region=BD&recruiting=on&sort=points": (6, 2),
    # Nothing found: page, what each filter hides, the threshold and the names that are near.
    "/teams/?search=nowhereinsight&verified=on": (10, 6),
    # The hub's own five; promotions; the panel's four.
    "/teams/hub/": (10, 1),
    "/teams/leaderboard/": (4, 0),
    "/teams/leaderboard/?game=valorant": (4, 0),
    "/teams/leaderboard/?region=BD": (4, 0),
    "/teams/leaderboard/?game=valorant&region=BD": (4, 0),
    "/api/v1/teams/": (1, 1),
    "/api/v1/teams/?sort=points": (1, 1),
}
MEMBERS_LISTS = ["/teams/", "/teams/hub/", "/teams/leaderboard/", "/teams/invites/"]


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def cold_and_warm(client):
    found = {}
    for url in LISTS:
        cache.clear()
        found[url] = (queries(client, url), queries(client, url))
    return found


def member_counts(client):
    for url in MEMBERS_LISTS:
        client.get(url)
    return [queries(client, url) for url in MEMBERS_LISTS]


def test_no_list_costs_more_with_many_teams(client):
    mim, member = make_user("mim"), Client()
    member.force_login(mim)
    scale.load(FEW, now=timezone.now(), mark="few")
    make_invite(Team.objects.order_by("pk")[0], mim)
    few, few_of_a_member = cold_and_warm(client), member_counts(member)

    scale.load(MANY - FEW, now=timezone.now(), mark="many")
    for team in Team.objects.order_by("pk")[1:12]:
        make_invite(team, mim)

    assert Team.objects.count() == MANY
    assert cold_and_warm(client) == few == LISTS
    assert member_counts(member) == few_of_a_member
    for sort in ("", "points", "members", "name"):
        assert (sort, counts_of_five_pages(client, sort)) == (sort, {2})


def counts_of_five_pages(client, sort):
    """Return how many queries the first pages took, without the promotions that only the first one shows."""
    url, counts = f"/teams/?sort={sort}", set()
    for number in range(5):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url)
        counts.add(len(captured) - (number == 0))
        url = "/teams/" + page.context["next_url"]
    return counts

"""Every address of teams × everyone who may knock. What is refused writes nothing and tells nobody."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.teams import permissions
from apps.teams.models import MemberFlag, Team
from apps.teams.urls import urlpatterns
from tests.teams.matrix import FURNISHERS, ROWS
from tests.teams.matrix import place as places
from tests.teams.matrix.row import LOG_IN
from tests.teams.matrix.who import WHO
from tests.teams.people import make_invite, make_team, make_user

FLAGS_ON = {f"members_can_{flag.value}": True for flag in MemberFlag}
# What anybody's request may write without having done anything.
SESSIONS = ("django_session", "usersessions_usersession")
WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(?P<table>\w+)"')


def furnished():
    place = places.build()
    for furnish in FURNISHERS:
        furnish(place)
    return place


def knock(row, visibility, who, place):
    """Send the request of ``row`` as ``who``. Return the status, or that they are asked to log in, and if it wrote.

    A refusal counts as silent only when no statement wrote and nothing waits for the commit.
    """
    cache.clear()
    flags = FLAGS_ON if who == "trusted" else {}
    Team.objects.filter(pk=place.team.pk).update(is_public=visibility == "public", **flags)
    kept = {"public": "on"}.get(visibility, "")
    data = {key: kept if value == "KEEP" else value for key, value in row.data.items()}
    address = reverse(f"teams:{row.name}", args=row.args(place))
    waiting = len(connection.run_on_commit)
    with CaptureQueriesContext(connection) as queries:
        response = getattr(place.clients[who], row.method)(address, data)
    tables = {match["table"] for query in queries for match in WRITE.finditer(query["sql"])} - set(SESSIONS)
    status = response.status_code
    if status == 302 and response["Location"].startswith(reverse("account_login")):
        status = LOG_IN
    if row.name == "visit_sponsor" and status == 302:
        assert response["Location"] == place.sponsor.url
    return status, bool(tables or connection.run_on_commit[waiting:])


class EveryAddress(TestCase):
    """One team for all cells; each cell takes back what it wrote. The tests are made from the rows below."""

    @classmethod
    def setUpTestData(cls):
        cls.place = furnished()

    def ask_everyone(self, row, visibility):
        found = {}
        for who in WHO:
            before = transaction.savepoint()
            try:
                found[who] = knock(row, visibility, who, self.place)
            finally:
                transaction.savepoint_rollback(before)
        assert found == {who: row.expected(who, visibility) for who in WHO}


def _test_of(row, visibility):
    return lambda self: self.ask_everyone(row, visibility)


for _row in ROWS:
    for _visibility in ("public", "private"):
        setattr(EveryAddress, f"test_{_row.method}_{_row.name}_{_visibility}", _test_of(_row, _visibility))


def test_every_address_has_a_row():
    assert {pattern.name for pattern in urlpatterns} == {row.name for row in ROWS}


def test_no_row_hides_another():
    names = [(row.method, row.name) for row in ROWS]
    assert len(names) == len(set(names))


@pytest.fixture
def place(db):
    return furnished()


def test_what_changes_something_has_no_other_way_in(place):
    """What only posts refuses GET, so that no link and no picture can make someone do it."""
    answer_get = {row.name: row.expected("captain", "public")[0] for row in ROWS if row.method == "get"}
    for row in ROWS:
        if row.method == "post":
            response = place.clients["captain"].get(reverse(f"teams:{row.name}", args=row.args(place)))
            assert (row.name, response.status_code) == (row.name, answer_get.get(row.name, 405))


@pytest.mark.parametrize("flags", [{}, FLAGS_ON], ids=["flags off", "flags on"])
@pytest.mark.parametrize("visibility", [True, False])
@pytest.mark.parametrize("active", [True, False])
def test_the_queryset_says_the_same_as_the_check(place, visibility, active, flags):
    Team.objects.filter(pk=place.team.pk).update(is_public=visibility, is_active=active, **flags)
    place.team.refresh_from_db()
    for who in WHO:
        user = place.people.get(who) or AnonymousUser()
        standing = permissions.standing(user, place.team)

        seen = permissions.teams_seen_by(user).filter(pk=place.team.pk).exists()
        assert (who, seen) == (who, permissions.can_see(standing))
        if active:
            invites = permissions.teams_invited_for_by(user).filter(pk=place.team.pk).exists()
            assert (who, invites) == (who, permissions.can_invite(standing))


def test_the_queryset_of_invitations_says_the_same_as_the_check(place):
    for who in WHO:
        user = place.people.get(who) or AnonymousUser()
        listed = permissions.invites_answered_by(user).filter(pk=place.invite.pk).exists()
        assert (who, listed) == (who, who == "invited")
        assert permissions.can_answer(user, place.invite) == listed


def test_only_the_captain_hides_the_team(place):
    place.clients["co_captain"].post(reverse("teams:edit", args=["dhaka-wolves"]), {"region": "BD"})
    place.team.refresh_from_db()
    assert place.team.is_public is True

    place.clients["captain"].post(reverse("teams:edit", args=["dhaka-wolves"]), {"region": "BD"})
    place.team.refresh_from_db()
    assert place.team.is_public is False


def test_the_invitation_of_another_team_is_not_cancelled_through_mine(place):
    elsewhere = make_invite(make_team(), make_user())

    response = place.clients["captain"].post(reverse("teams:cancel_invite", args=["dhaka-wolves", elsewhere.pk]))

    elsewhere.refresh_from_db()
    assert (response.status_code, elsewhere.status) == (404, "pending")

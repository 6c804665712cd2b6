"""A member's home shows what waits, in as many queries however much there is."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.dashboard.selectors import home
from apps.economy.services import award, hold
from apps.teams.services.invites import accept_invite, invite_player
from tests.teams.people import make_team, make_user

pytestmark = pytest.mark.django_db


def test_a_new_member_is_led_through_the_first_steps(client: Client) -> None:
    mim = make_user("mim")
    client.force_login(mim)
    text = client.get(reverse("dashboard:home")).content.decode()
    assert "You are in no team yet" in text
    assert "0 of 4 done" in text


def test_an_invitation_waits_on_top_until_it_is_answered(client: Client) -> None:
    rafi, mim = make_user("rafi"), make_user("mim")
    wolves = make_team("Dhaka Wolves", captain=rafi, tag="DW", slug="dhaka-wolves")
    invite = invite_player(actor=rafi, team_id=wolves.pk, player=mim)
    assert [row.team for row in home(mim).invites] == [wolves]

    accept_invite(actor=mim, invite_id=invite.pk)
    mine = home(mim)
    assert (mine.invites, [row.team for row in mine.teams]) == ([], [wolves])


def test_a_visitor_is_asked_to_log_in(client: Client) -> None:
    assert client.get(reverse("dashboard:home")).url == "/accounts/login/?next=/dashboard/"


def test_the_number_of_queries_does_not_grow(client: Client, django_assert_max_num_queries) -> None:
    mim = make_user("mim")
    for number in range(7):
        captain = make_user(f"captain{number}")
        team = make_team(f"Team {number}", captain=captain, tag=f"T{number}", slug=f"team-{number}")
        invite_player(actor=captain, team_id=team.pk, player=mim)
    client.force_login(mim)
    client.get("/")
    for number in range(5):
        award(profile=mim.profile, amount=10 + number, reason="promotion")
    # Session and user 2, profile 1, invitations 2 with the verified addresses, teams 1, news 1, bell 1, security 5,
    # wallet 1 and the two sides of its last changes.
    with django_assert_max_num_queries(17):
        assert client.get("/").content.decode().count("wants you as") == 5


def test_the_wallet_shows_what_can_be_spent_and_the_last_three_changes(client: Client) -> None:
    mim = make_user("mim")
    client.force_login(mim)
    assert "Ways to earn" in client.get("/").content.decode()
    for amount in (11, 22, 33, 44):
        entry = award(profile=mim.profile, amount=amount, reason="winner")
    hold(profile=mim.profile, amount=50, cause="order:1", idempotency_key="h", actor=mim)

    mine = home(mim)
    text = client.get("/").content.decode()

    assert [change.amount for change in mine.changes] == [44, 33, 22]
    assert "60\u00a0DC" in text
    assert "50\u00a0DC more are set aside" in text
    assert f'href="{entry.get_absolute_url()}"' in text

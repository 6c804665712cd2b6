"""A player's page shows the teams they play for, as far as the visitor may see them."""

import pytest

from apps.teams.models import Team
from tests.teams.people import add_member

pytestmark = pytest.mark.django_db


def test_a_players_page_names_their_team_and_role(client, wolves, mim):
    add_member(wolves, mim)
    page = client.get("/u/mim/").content.decode()
    assert ">Dhaka Wolves</a>" in page
    assert "Valorant · Player" in page


def test_a_player_without_a_team_has_an_empty_place_for_it(client, mim):
    assert "Plays for no team yet." in client.get("/u/mim/").content.decode()


def test_a_team_that_visitors_may_not_see_is_not_named(client, wolves, mim):
    add_member(wolves, mim)
    Team.objects.filter(pk=wolves.pk).update(is_public=False)
    assert "Dhaka Wolves" not in client.get("/u/mim/").content.decode()

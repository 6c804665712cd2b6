"""The API: the same acts with the same sentences."""

import base64

import pytest
from django.test import Client

from apps.teams.models import Team, TeamFollow, TeamInvite
from tests.teams.people import make_invite, make_team, make_user, members_of

pytestmark = pytest.mark.django_db


def test_the_list_goes_on_where_it_ended(client, monkeypatch):
    monkeypatch.setattr("apps.teams.api.PAGE_SIZE", 2)
    names = {make_team().name for _ in range(5)}

    seen, url = [], "/api/v1/teams/"
    while url:
        answer = client.get(url).json()
        seen += [team["name"] for team in answer["results"]]
        url = answer["next"]

    assert len(seen) == 5
    assert set(seen) == names


def test_the_list_costs_one_query(client, django_assert_num_queries):
    for _ in range(12):
        make_team()
    # One: the teams with their captains.
    with django_assert_num_queries(1):
        client.get("/api/v1/teams/")


def test_a_team_comes_with_its_roster(client, wolves):
    answer = client.get("/api/v1/teams/dhaka-wolves/").json()

    assert (answer["tag"], answer["captain"]) == ("DW", "rafi")
    assert [(row["username"], row["role"]) for row in answer["roster"]] == [("rafi", "captain")]


def test_a_team_is_made(client, mim):
    client.force_login(mim)

    answer = client.post("/api/v1/teams/", {"name": "Delta West", "tag": "DWX", "game": "cs2"})

    assert (answer.status_code, answer["Location"]) == (201, "/api/v1/teams/delta-west/")
    assert Team.objects.get().captain == mim.profile


def test_a_taken_tag_is_the_same_sentence_at_its_field(client, wolves, mim):
    client.force_login(mim)

    answer = client.post("/api/v1/teams/", {"name": "Delta West", "tag": "dw", "game": "cs2"})

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"] == {"tag": ["This tag is taken by Dhaka Wolves. Try DWX."]}


@pytest.mark.parametrize("data", [{}, {"player": "mim", "email": "a@b.test"}, {"player": "mim", "role": "captain"}])
def test_an_invitation_names_one_person_and_a_role(client, wolves, rafi, mim, data):
    client.force_login(rafi)

    answer = client.post("/api/v1/teams/dhaka-wolves/invites/", data)

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert not TeamInvite.objects.exists()


def test_an_invitation_is_sent_and_accepted(client, wolves, rafi, mim):
    client.force_login(rafi)
    sent = client.post("/api/v1/teams/dhaka-wolves/invites/", {"player": "MIM", "role": "substitute"})
    assert (sent.status_code, sent.json()["player"], sent.json()["state"]) == (201, "mim", "pending")

    client.force_login(mim)
    token = TeamInvite.objects.get().token
    answer = client.post(f"/api/v1/team-invites/{token}/accept/")

    assert answer.json() == {"team": "dhaka-wolves", "role": "substitute", "in_game_role": ""}
    assert members_of(wolves) == {"rafi", "mim"}


def test_a_closed_invitation_is_a_conflict(client, wolves, mim):
    invite = make_invite(wolves, mim, status="cancelled")
    client.force_login(mim)

    answer = client.post(f"/api/v1/team-invites/{invite.token}/accept/")

    assert (answer.status_code, answer.json()["code"]) == (409, "invite_closed")
    assert answer.json()["detail"] == "Dhaka Wolves withdrew this invitation."


def test_an_unknown_player_is_not_found(client, wolves, rafi):
    client.force_login(rafi)

    answer = client.post("/api/v1/teams/dhaka-wolves/invites/", {"player": "nobody"})

    assert answer.status_code == 404
    assert not make_user().team_invites.exists()


def test_a_session_needs_its_csrf_token(wolves, rafi):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(rafi)

    assert strict.post("/api/v1/teams/dhaka-wolves/invites/", {"email": "a@b.test"}).status_code == 403
    assert not TeamInvite.objects.exists()


def test_a_password_with_the_request_opens_nothing(client, wolves):
    rafi = wolves.captain.user
    rafi.set_password("a-long-password-77")
    rafi.save()
    basic = base64.b64encode(b"rafi:a-long-password-77").decode()
    answer = client.get("/api/v1/teams/dhaka-wolves/join-requests/", headers={"authorization": f"Basic {basic}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_authenticated")


def test_a_session_needs_its_token_to_change_anything(wolves):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user("mim"))
    assert browser.post("/api/v1/teams/dhaka-wolves/follow/").status_code == 403
    assert not TeamFollow.objects.exists()

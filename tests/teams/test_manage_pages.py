"""The pages of captains and of who is invited: what they show and refuse, and in how many queries."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from apps.teams.models import Team, TeamInvite
from tests.teams.people import fill, make_invite, make_team, make_user, members_of
from tests.teams.test_pages import queries_of, text

pytestmark = pytest.mark.django_db


# --- Manage -----------------------------------------------------------------------------------------------------------


def test_inviting_says_to_whom_and_until_when(client, wolves, rafi, mim):
    client.force_login(rafi)

    page = client.post(
        "/teams/dhaka-wolves/manage/invite-player/", {"player-player": "@MIM", "player-role": "player"}, follow=True
    )

    invite = TeamInvite.objects.get()
    day = timezone.localtime(invite.expires_at)
    assert f"Invite sent to mim. It expires on {day.day} {day:%B}." in text(page)
    assert f"http://testserver{invite.get_absolute_url()}" in page.content.decode()


@pytest.mark.parametrize(
    ("address", "data", "field", "words"),
    [
        ("invite-player", {"player-player": "nobody", "player-role": "player"}, "player", "No player has the username"),
        ("invite-player", {"player-player": "rafi", "player-role": "player"}, "player", "You can't invite yourself."),
        ("invite-player", {"player-player": "rafi", "player-role": "king"}, "role", "Select a valid choice"),
        (
            "invite-email",
            {"email-email": "no address", "email-role": "player"},
            "email",
            "Enter a valid email address.",
        ),
        (
            "invite-email",
            {"email-email": "rafi@example.test", "email-role": "player"},
            "email",
            "can't invite yourself",
        ),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_input_stays(client, wolves, rafi, address, data, field, words):
    client.force_login(rafi)

    page = client.post(f"/teams/dhaka-wolves/manage/{address}/", data)

    form = page.context["by_name" if address == "invite-player" else "by_email"]
    assert page.status_code == 422
    assert words in form.errors[field][0]
    assert f'value="{next(iter(data.values()))}"' in page.content.decode()
    assert not TeamInvite.objects.exists()


def test_players_are_found_with_and_without_script(client, wolves, rafi, mim):
    client.force_login(rafi)
    url = "/teams/dhaka-wolves/manage/players/"

    with_script = client.get(url, {"player-player": "mi"}, headers={"HX-Request": "true"}).content.decode()
    without = client.get(url, {"search": "mi"}).content.decode()

    link = 'href="/teams/dhaka-wolves/manage/?player=mim#invite-player"'
    assert link in with_script
    assert "<html" not in with_script
    assert link in without
    assert 'value="mim"' in client.get("/teams/dhaka-wolves/manage/?player=mim").content.decode()


# --- Invitation -------------------------------------------------------------------------------------------------------


def test_accepting_on_the_page_joins(client, wolves, mim):
    invite = make_invite(wolves, mim)
    client.force_login(mim)
    assert "Accept and join" in text(client.get(invite.get_absolute_url()))

    done = client.post(f"{invite.get_absolute_url()}accept/", {"in_game_role": "Duelist"}, follow=True)

    assert "Welcome to Dhaka Wolves." in text(done)
    assert members_of(wolves) == {"rafi", "mim"}


def test_a_visitor_is_led_to_log_in_and_back(client, wolves, mim):
    invite = make_invite(wolves, mim)

    page = client.get(invite.get_absolute_url()).content.decode()

    assert f"{reverse('account_login')}?next={invite.get_absolute_url()}" in page
    assert f"{reverse('account_signup')}?next={invite.get_absolute_url()}" in page


def test_the_link_tells_no_address_and_stays_out_of_search_engines(client, wolves):
    invite = make_invite(wolves, email="secret@example.test")

    page = client.get(invite.get_absolute_url())

    assert "secret@" not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    # Not "no-referrer": browsers then send "Origin: null" with the answer, and the CSRF check refuses it.
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("accepted", "This invitation was accepted"),
        ("declined", "This invitation was declined"),
        ("cancelled", "Dhaka Wolves withdrew this invitation."),
        ("expired", "This invitation ran out"),
        ("overdue", "This invitation ran out"),
        ("disbanded", "Dhaka Wolves no longer exists."),
    ],
)
def test_a_closed_invitation_says_why_and_offers_no_button(client, wolves, mim, status, words):
    invite = make_invite(wolves, mim, answered_at=timezone.now())
    if status == "overdue":
        TeamInvite.objects.update(expires_at=timezone.now())
    elif status == "disbanded":
        Team.objects.update(is_active=False)
    else:
        TeamInvite.objects.update(status=status)
    client.force_login(mim)

    page = client.get(invite.get_absolute_url())

    assert page.status_code == 200
    assert words in text(page)
    assert "Accept and join" not in text(page)


def test_an_unproved_address_is_led_to_confirm_it(client, wolves):
    invite = make_invite(wolves, email="late@example.test")
    client.force_login(make_user("late", verified=False))

    page = text(client.get(invite.get_absolute_url()))

    assert "Confirm your e-mail first" in page
    assert "Accept and join" not in page


def test_a_team_that_filled_up_meanwhile_says_so_and_the_invitation_stays(client, wolves, mim):
    invite = make_invite(wolves, mim)
    fill(wolves, 8)
    client.force_login(mim)

    page = client.post(f"{invite.get_absolute_url()}accept/", follow=True)

    invite.refresh_from_db()
    assert "Dhaka Wolves is full" in text(page)
    assert invite.status == "pending"


def test_an_unknown_token_is_not_found(client, db):
    assert client.get("/teams/invites/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert client.get("/teams/invites/no-token/").status_code == 404


def test_my_invitations_cost_the_same_with_one_and_with_many(client, mim, django_assert_max_num_queries):
    client.force_login(mim)
    make_invite(make_team(), mim)
    few = queries_of(client, "/teams/invites/", django_assert_max_num_queries)
    for _ in range(8):
        make_invite(make_team(), mim)

    assert queries_of(client, "/teams/invites/", django_assert_max_num_queries) == few


def test_too_many_tries_are_said_as_such(client, wolves, rafi):
    client.force_login(rafi)
    cache.clear()
    for _ in range(30):
        client.post(
            "/teams/dhaka-wolves/manage/invite-player/",
            {"player-player": make_user().username, "player-role": "player"},
        )
    TeamInvite.objects.all().delete()

    page = client.post(
        "/teams/dhaka-wolves/manage/invite-player/", {"player-player": make_user().username, "player-role": "player"}
    )

    assert page.status_code == 422
    assert page.context["by_name"].non_field_errors()
    assert not TeamInvite.objects.exists()

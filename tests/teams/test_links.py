"""Invite links: made, shared, used as often as they may be, taken back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.constraints import broken_constraint
from apps.core.errors import Conflict, DomainError, PermissionRefused, RateLimited
from apps.core.models import AuditEvent
from apps.teams.errors import LinkClosed, PlaysElsewhere, RosterFull
from apps.teams.models import InviteLinkUse, TeamInviteLink, TeamMembership
from apps.teams.services.disbanding import disband_team
from apps.teams.services.links import accept_link, create_link, revoke_link
from apps.teams.services.members import ban_member, set_inactive
from apps.teams.services.rosters import leave_team, remove_member
from tests.teams.people import add_member, make_link, make_team, make_user, members_of

pytestmark = pytest.mark.django_db


# --- Making -----------------------------------------------------------------------------------------------------------


def test_a_link_offers_a_role_to_so_many_for_so_long(wolves, rafi):
    link = create_link(actor=rafi, team_id=wolves.pk, role="substitute", max_uses=5, days=3)

    assert (link.team, link.role, link.made_by, link.max_uses, link.uses) == (wolves, "substitute", rafi, 5, 0)
    assert abs(link.expires_at - timezone.now() - timedelta(days=3)) < timedelta(minutes=1)
    assert link.state == "open"


def test_making_is_recorded_without_the_key(wolves, rafi):
    link = create_link(actor=rafi, team_id=wolves.pk)

    event = AuditEvent.objects.get()
    assert (event.action, event.target_id) == ("team.link_created", str(wolves.pk))
    assert event.new == {"link": link.pk, "role": "player", "max_uses": 1, "days": 7}
    assert str(link.token) not in str((event.old, event.new, event.target_label))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"role": "captain"}, "role"),
        ({"role": "co_captain"}, "role"),
        ({"max_uses": 0}, "max_uses"),
        ({"max_uses": 51}, "max_uses"),
        ({"days": 8}, "days"),
        ({"days": 3650}, "days"),
    ],
)
def test_a_link_has_limits(wolves, rafi, fields, field):
    with pytest.raises(DomainError) as refusal:
        create_link(actor=rafi, team_id=wolves.pk, **fields)
    assert refusal.value.field == field
    assert not TeamInviteLink.objects.exists()


def test_ten_open_links_are_enough(wolves, rafi):
    for _ in range(10):
        make_link(wolves)
    with pytest.raises(Conflict, match="10 links are open"):
        create_link(actor=rafi, team_id=wolves.pk)
    TeamInviteLink.objects.filter(pk=wolves.invite_links.first().pk).update(revoked_at=timezone.now())

    assert create_link(actor=rafi, team_id=wolves.pk).state == "open"


def test_twenty_links_an_hour_are_enough(wolves, rafi):
    for _ in range(20):
        revoke_link(actor=rafi, link_id=create_link(actor=rafi, team_id=wolves.pk).pk)
    with pytest.raises(RateLimited):
        create_link(actor=rafi, team_id=wolves.pk)
    assert TeamInviteLink.objects.count() == 20


# --- Joining ----------------------------------------------------------------------------------------------------------


def test_joining_takes_a_seat_and_counts(wolves, rafi, mim, enqueued):
    link = make_link(wolves, role="coach", max_uses=2)

    member = accept_link(actor=mim, link_id=link.pk, in_game_role="Duelist")

    link.refresh_from_db()
    assert (member.role, member.in_game_role, member.slot) == ("coach", "Duelist", 2)
    assert (link.uses, [use.user for use in link.used_by.all()]) == (1, [mim])
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "team.member_joined",
        "team.link_used",
    ]
    assert enqueued() == [
        ("teams.send_roster_change_notification", {"team_id": wolves.pk, "change_type": "joined", "user_id": mim.pk})
    ]


def test_a_single_use_link_lets_one_in(wolves, mim):
    link = make_link(wolves, max_uses=1)
    accept_link(actor=mim, link_id=link.pk)

    with pytest.raises(LinkClosed, match="used as often as it may be"):
        accept_link(actor=make_user("late"), link_id=link.pk)
    assert members_of(wolves) == {"rafi", "mim"}
    assert InviteLinkUse.objects.count() == 1


def test_a_link_without_limit_ends_with_the_seats(wolves):
    link = make_link(wolves, max_uses=None)
    for _ in range(7):
        accept_link(actor=make_user(), link_id=link.pk)
    with pytest.raises(RosterFull):
        accept_link(actor=make_user("ninth"), link_id=link.pk)
    link.refresh_from_db()
    assert (link.uses, link.state) == (7, "open")


def test_a_person_joins_once_by_a_link(wolves, mim):
    link = make_link(wolves, max_uses=None)
    accept_link(actor=mim, link_id=link.pk)
    leave_team(actor=mim, team_id=wolves.pk)

    with pytest.raises(LinkClosed, match="joined by this link before"):
        accept_link(actor=mim, link_id=link.pk)
    link.refresh_from_db()
    assert (link.uses, members_of(wolves)) == (1, {"rafi"})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"revoked_at": timezone.now()}, "took this link back"),
        ({"expires_at": timezone.now()}, "ran out"),
        ({"max_uses": 3, "uses": 3}, "used as often"),
    ],
)
def test_a_closed_link_lets_nobody_in(wolves, mim, fields, words):
    link = make_link(wolves, **fields)
    with pytest.raises(LinkClosed, match=words):
        accept_link(actor=mim, link_id=link.pk)
    assert members_of(wolves) == {"rafi"}


def test_a_banned_player_and_one_who_plays_elsewhere_are_refused(wolves, mim):
    add_member(wolves, mim, status="banned")
    busy = make_user("busy")
    add_member(make_team("Ravens"), busy)
    link = make_link(wolves, max_uses=None)

    with pytest.raises(Conflict, match="mim is banned from Dhaka Wolves"):
        accept_link(actor=mim, link_id=link.pk)
    with pytest.raises(PlaysElsewhere, match="already plays Valorant for Ravens"):
        accept_link(actor=busy, link_id=link.pk)
    link.refresh_from_db()
    assert (link.uses, members_of(wolves)) == (0, {"rafi"})


# --- Taking back ------------------------------------------------------------------------------------------------------


def test_a_revoked_link_is_closed_at_once_and_stays_so(wolves, rafi, mim):
    link = make_link(wolves)
    revoke_link(actor=rafi, link_id=link.pk)

    with pytest.raises(LinkClosed, match="took this link back"):
        accept_link(actor=mim, link_id=link.pk)
    with pytest.raises(LinkClosed, match="revoked already"):
        revoke_link(actor=rafi, link_id=link.pk)
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["team.link_revoked"]


@pytest.mark.parametrize("end", ["leaves", "removed", "banned", "inactive"])
def test_the_links_of_somebody_without_a_say_are_revoked(wolves, rafi, mim, end):
    seat = add_member(wolves, mim, "co_captain")
    link = make_link(wolves, made_by=mim)
    kept = make_link(wolves)
    who = {"actor": rafi, "team_id": wolves.pk, "member_id": seat.pk}

    match end:
        case "leaves":
            leave_team(actor=mim, team_id=wolves.pk)
        case "removed":
            remove_member(**who)
        case "banned":
            ban_member(**who, reason="Toxic")
        case _:
            set_inactive(**who)

    link.refresh_from_db()
    kept.refresh_from_db()
    assert (link.state, kept.state) == ("revoked", "open")


def test_a_team_that_disbands_revokes_its_links(wolves, rafi, mim):
    link = make_link(wolves)
    disband_team(actor=rafi, team_id=wolves.pk)

    link.refresh_from_db()
    assert link.state == "revoked"
    with pytest.raises(LinkClosed, match="has disbanded"):
        accept_link(actor=mim, link_id=link.pk)
    assert AuditEvent.objects.get(action="team.disbanded").new["links_revoked"] == 1


def test_whoever_may_not_invite_makes_and_revokes_no_link(wolves, mim):
    add_member(wolves, mim)
    link = make_link(wolves)
    with pytest.raises(PermissionRefused):
        create_link(actor=mim, team_id=wolves.pk)
    with pytest.raises(PermissionRefused):
        revoke_link(actor=mim, link_id=link.pk)
    assert list(TeamInviteLink.objects.values_list("pk", "revoked_at")) == [(link.pk, None)]


# --- What the database refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"max_uses": 1, "uses": 2}, "teams_invitelink_uses_within_max"),
        ({"max_uses": 51}, "teams_invitelink_max_uses_range"),
        ({"max_uses": 0}, "teams_invitelink_max_uses_range"),
        ({"role": "co_captain"}, "teams_invitelink_role_known"),
    ],
)
def test_the_database_holds_the_limits(wolves, fields, constraint):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_link(wolves, **fields)
    assert broken_constraint(error.value) == constraint


def test_the_database_holds_once_per_person(wolves, mim):
    link = make_link(wolves)
    InviteLinkUse.objects.create(link=link, user=mim)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        InviteLinkUse.objects.create(link=link, user=mim)
    assert broken_constraint(error.value) == "teams_invitelinkuse_once"


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_a_visitor_is_led_to_log_in_and_back(client, wolves, mim):
    link = make_link(wolves)
    page = client.get(link.get_absolute_url())

    text = page.content.decode()
    assert f"{reverse('account_login')}?next={link.get_absolute_url()}" in text
    assert f"{reverse('account_signup')}?next={link.get_absolute_url()}" in text
    assert (page["X-Robots-Tag"], "no-store" in page["Cache-Control"]) == ("noindex", True)
    mim.set_password("champions-rise-2026")
    mim.save()
    answer = client.post(
        reverse("account_login"),
        {"login": "mim", "password": "champions-rise-2026", "next": link.get_absolute_url()},
    )
    assert answer["Location"] == link.get_absolute_url()
    assert "Join Dhaka Wolves" in client.get(answer["Location"]).content.decode()


def test_a_newcomer_signs_up_and_comes_back(client, wolves, django_capture_on_commit_callbacks):
    link = make_link(wolves)
    sign_up = {"username": "newcomer", "email": "new@example.test", "password1": "champions-rise-2026"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_signup"), {**sign_up, "next": link.get_absolute_url()})
    [address] = re.findall(r"https?://[^/]+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address)

    assert answer["Location"] == link.get_absolute_url()
    assert "Join Dhaka Wolves" in client.get(answer["Location"]).content.decode()


def test_joining_on_the_page_ends_on_the_team(client, wolves, mim):
    link = make_link(wolves, role="substitute")
    client.force_login(mim)

    answer = client.post(reverse("teams:accept_link", args=[link.token]), {"in_game_role": "Duelist"})

    assert answer["Location"] == wolves.get_absolute_url()
    assert TeamMembership.objects.get(team=wolves, profile=mim.profile).in_game_role == "Duelist"


def test_who_comes_too_late_reads_why(client, wolves, mim):
    link = make_link(wolves, uses=1, max_uses=1)
    client.force_login(mim)

    answer = client.post(reverse("teams:accept_link", args=[link.token]), follow=True)

    assert answer.status_code == 200
    assert "Somebody was faster" in answer.content.decode()
    assert members_of(wolves) == {"rafi"}


def test_an_unknown_link_is_not_found(client):
    assert client.get(reverse("teams:join_link", args=[uuid4()])).status_code == 404
    assert client.get("/teams/join/not-a-uuid/").status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {"role": "captain", "max_uses": "1", "days": "7"},
        {"role": "player", "max_uses": "9" * 40, "days": "7"},
        {"role": "player", "max_uses": "-1", "days": "7"},
        {"role": "player", "max_uses": "1\0", "days": "7"},
        {"role": "player", "max_uses": "1", "days": "1000"},
        {"role": "x" * 10_000_00, "days": "7"},
        {},
    ],
)
def test_bad_input_stays_in_the_form(client, wolves, rafi, data):
    client.force_login(rafi)
    answer = client.post(reverse("teams:create_link", args=["dhaka-wolves"]), data)
    assert answer.status_code == 422
    assert not TeamInviteLink.objects.exists()


def test_the_list_has_the_address_to_copy_and_to_scan_and_counts_no_query_per_link(
    client, wolves, rafi, django_assert_max_num_queries
):
    first = make_link(wolves)
    client.force_login(rafi)
    url = reverse("teams:links", args=["dhaka-wolves"])
    assert f"http://testserver{first.get_absolute_url()}" in client.get(url).content.decode()
    with django_assert_max_num_queries(100) as one:
        client.get(url)
    for _ in range(8):
        make_link(wolves, made_by=add_member(make_team()).profile.user)
    with django_assert_max_num_queries(100) as nine:
        client.get(url)
    assert len(nine) == len(one)

    picture = client.get(reverse("teams:link_qr", args=["dhaka-wolves", first.pk]))
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")
    assert b"<path" in picture.content


def test_the_link_of_another_team_is_not_revoked_through_mine(client, wolves, rafi):
    elsewhere = make_link(make_team())
    client.force_login(rafi)
    assert client.post(reverse("teams:revoke_link", args=["dhaka-wolves", elsewhere.pk])).status_code == 404
    assert client.get(reverse("teams:link_qr", args=["dhaka-wolves", elsewhere.pk])).status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.revoked_at is None


def test_the_api_makes_lists_uses_and_revokes(client, wolves, rafi, mim):
    client.force_login(rafi)
    made = client.post("/api/v1/teams/dhaka-wolves/links/", {"role": "coach", "days": 3})
    assert (made.status_code, made.json()["state"], made.json()["max_uses"]) == (201, "open", 1)
    unlimited = client.post(
        "/api/v1/teams/dhaka-wolves/links/", '{"max_uses": null}', content_type="application/json"
    ).json()
    assert unlimited["max_uses"] is None
    listed = client.get("/api/v1/teams/dhaka-wolves/links/").json()["results"]
    assert [row["id"] for row in listed] == [unlimited["id"], made.json()["id"]]

    client.force_login(mim)
    token = TeamInviteLink.objects.get(role="coach").token
    assert client.post(f"/api/v1/team-links/{token}/accept/").json() == {
        "team": "dhaka-wolves",
        "role": "coach",
        "in_game_role": "",
    }
    client.force_login(rafi)
    address = f"/api/v1/teams/dhaka-wolves/links/{unlimited['id']}/revoke/"
    assert client.post(address).json()["state"] == "revoked"
    again = client.post(address)
    assert (again.status_code, again.json()["code"]) == (409, "link_closed")


@pytest.mark.parametrize("data", [{"max_uses": 51}, {"days": 2}, {"role": "captain"}, {"max_uses": 10**30}])
def test_the_api_names_the_field_that_is_wrong(client, wolves, rafi, data):
    client.force_login(rafi)
    answer = client.post("/api/v1/teams/dhaka-wolves/links/", data, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(data))
    assert not TeamInviteLink.objects.exists()

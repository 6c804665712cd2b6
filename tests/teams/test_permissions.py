"""Every address of teams × everyone who may knock. What is refused changes nothing and tells nobody."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.models import AuditEvent, Job
from apps.notifications.models import Notification
from apps.teams import permissions
from apps.teams.models import (
    CaptainTransfer,
    ChatMessage,
    ChatReaction,
    ChatReader,
    PastName,
    RosterChange,
    Team,
    TeamChat,
    TeamInvite,
    TeamMembership,
    TeamSponsor,
)
from apps.teams.urls import urlpatterns
from tests.teams.people import add_member, make_invite, make_team, make_transfer, make_user
from tests.teams.sponsoring import make_sponsor, today

pytestmark = pytest.mark.django_db

WHO = ["visitor", "user", "member", "co_captain", "captain", "other_captain", "invited", "superuser"]

# What each gets, in the order of WHO. 302 of a visitor leads to the log-in page.
LOGGED_IN = "302 200 200 200 200 200 200 200"
PUBLIC = "200 200 200 200 200 200 200 200"
CAPTAINS = "302 403 403 200 200 403 403 200"
CAPTAINS_ACT = "302 403 403 302 302 403 403 302"
ONE_CAPTAIN = "302 403 403 403 200 403 403 200"
ONE_CAPTAIN_ACTS = "302 403 403 403 302 403 403 302"
MEMBERS = "302 403 200 200 200 403 403 403"
MEMBERS_ACT = "302 403 302 302 302 403 403 403"
# On a team that only its members can see.
PRIVATE_PAGE = "404 404 200 200 200 404 404 200"
PRIVATE_CAPTAINS = "302 404 403 200 200 404 404 200"
PRIVATE_CAPTAINS_ACT = "302 404 403 302 302 404 404 302"
PRIVATE_ONE_CAPTAIN = "302 404 403 403 200 404 404 200"
PRIVATE_ONE_CAPTAIN_ACTS = "302 404 403 403 302 404 404 302"
PRIVATE_MEMBERS = "302 404 200 200 200 404 404 403"
PRIVATE_MEMBERS_ACT = "302 404 302 302 302 404 404 403"
API_ANSWER = "403 403 403 403 403 403 200 403"


@dataclass(frozen=True)
class Row:
    method: str
    name: str
    public: str
    private: str
    data: dict = field(default_factory=dict)
    args: Callable = lambda place: [place.team.slug]


def no_arguments(place):
    return []


def the_link(place):
    return [place.invite.token]


def a_member(place):
    return [place.team.slug, place.plain_member.pk]


def an_inactive_member(place):
    return [place.team.slug, place.inactive.pk]


def a_banned_player(place):
    return [place.team.slug, place.banned.pk]


def the_message(place):
    return [place.team.slug, place.message.pk]


MATRIX = [
    Row("get", "leaderboard", PUBLIC, PUBLIC, args=no_arguments),
    Row("get", "explain_rank", PUBLIC, PRIVATE_PAGE),
    Row("get", "directory", PUBLIC, PUBLIC, args=no_arguments),
    Row("get", "create", LOGGED_IN, LOGGED_IN, args=no_arguments),
    Row("post", "create", LOGGED_IN, LOGGED_IN, {"step": "1", "game": "cs2"}, args=no_arguments),
    Row("get", "crest_preview", LOGGED_IN, LOGGED_IN, args=no_arguments),
    Row("get", "my_invitations", LOGGED_IN, LOGGED_IN, args=no_arguments),
    Row("get", "invitation", PUBLIC, PUBLIC, args=the_link),
    # A wrong person is led back to the invitation, where the reason stands.
    Row("post", "accept_invite", "302 302 302 302 302 302 302 302", "302 302 302 302 302 302 302 302", args=the_link),
    Row("post", "decline_invite", "302 302 302 302 302 302 302 302", "302 302 302 302 302 302 302 302", args=the_link),
    Row("get", "team_page", PUBLIC, PRIVATE_PAGE),
    Row("get", "edit", CAPTAINS, PRIVATE_CAPTAINS),
    Row("post", "edit", CAPTAINS_ACT, PRIVATE_CAPTAINS_ACT, {"region": "BD", "tagline": "New", "is_public": "KEEP"}),
    Row("get", "leave", MEMBERS, PRIVATE_MEMBERS),
    Row("post", "leave", MEMBERS_ACT, PRIVATE_MEMBERS_ACT),
    Row("get", "manage", CAPTAINS, PRIVATE_CAPTAINS),
    Row("get", "player_suggestions", CAPTAINS, PRIVATE_CAPTAINS),
    Row(
        "post",
        "invite_player",
        CAPTAINS_ACT,
        PRIVATE_CAPTAINS_ACT,
        {"player-player": "target", "player-role": "player"},
    ),
    Row(
        "post",
        "invite_email",
        CAPTAINS_ACT,
        PRIVATE_CAPTAINS_ACT,
        {"email-email": "new@example.test", "email-role": "player"},
    ),
    Row(
        "post",
        "cancel_invite",
        CAPTAINS_ACT,
        PRIVATE_CAPTAINS_ACT,
        args=lambda place: [place.team.slug, place.invite.pk],
    ),
    Row(
        "get",
        "remove_member",
        CAPTAINS,
        PRIVATE_CAPTAINS,
        args=lambda place: [place.team.slug, place.plain_member.pk],
    ),
    Row(
        "post",
        "remove_member",
        CAPTAINS_ACT,
        PRIVATE_CAPTAINS_ACT,
        args=lambda place: [place.team.slug, place.plain_member.pk],
    ),
    Row("get", "member", CAPTAINS, PRIVATE_CAPTAINS, args=a_member),
    Row("post", "member", CAPTAINS_ACT, PRIVATE_CAPTAINS_ACT, {"role": "coach", "in_game_role": ""}, args=a_member),
    Row("post", "set_inactive", CAPTAINS_ACT, PRIVATE_CAPTAINS_ACT, args=a_member),
    Row("post", "bring_back", CAPTAINS_ACT, PRIVATE_CAPTAINS_ACT, args=an_inactive_member),
    Row("get", "ban_member", CAPTAINS, PRIVATE_CAPTAINS, args=a_member),
    Row("post", "ban_member", CAPTAINS_ACT, PRIVATE_CAPTAINS_ACT, {"reason": "Toxic"}, args=a_member),
    Row("post", "lift_ban", CAPTAINS_ACT, PRIVATE_CAPTAINS_ACT, args=a_banned_player),
    Row("get", "rename", ONE_CAPTAIN, PRIVATE_ONE_CAPTAIN),
    Row("post", "rename", ONE_CAPTAIN_ACTS, PRIVATE_ONE_CAPTAIN_ACTS, {"name": "Night Wolves", "tag": "NW"}),
    Row("get", "disband", ONE_CAPTAIN, PRIVATE_ONE_CAPTAIN),
    Row("post", "disband", ONE_CAPTAIN_ACTS, PRIVATE_ONE_CAPTAIN_ACTS, {"tag": "dw"}),
    # Of a team that is not disbanded there is nothing to restore.
    Row("get", "restore", "302 404 404 404 200 404 404 200", "302 404 404 404 200 404 404 200"),
    Row("post", "restore", "302 404 404 404 302 404 404 302", "302 404 404 404 302 404 404 302"),
    Row("get", "history", PUBLIC, PRIVATE_PAGE),
    Row("get", "captaincy", MEMBERS, PRIVATE_MEMBERS),
    Row(
        "post",
        "offer_captaincy",
        "302 403 403 403 302 403 403 302",
        "302 404 403 403 302 404 404 302",
        args=lambda place: [place.no_offer(), place.plain_member.pk],
    ),
    # "member" is who was asked.
    Row("post", "accept_captaincy", "302 403 302 403 403 403 403 403", "302 404 302 403 403 404 404 403"),
    Row("post", "decline_captaincy", "302 403 302 403 403 403 403 403", "302 404 302 403 403 404 404 403"),
    Row("post", "cancel_captaincy", "302 403 403 403 302 403 403 302", "302 404 403 403 302 404 404 302"),
    Row("get", "sponsors", ONE_CAPTAIN, PRIVATE_ONE_CAPTAIN),
    Row(
        "post",
        "propose_sponsor",
        ONE_CAPTAIN_ACTS,
        PRIVATE_ONE_CAPTAIN_ACTS,
        {
            "name": "Tea Stall",
            "tier": "4",
            "url": "https://tea.example/",
            "starts_on": f"{today()}",
            "ends_on": f"{today(30)}",
        },
    ),
    Row("post", "cancel_sponsor", ONE_CAPTAIN_ACTS, PRIVATE_ONE_CAPTAIN_ACTS, args=lambda place: place.sponsor_args),
    # Everybody who sees the team is led to the sponsor's own site.
    Row(
        "get",
        "visit_sponsor",
        "302 302 302 302 302 302 302 302",
        "404 404 302 302 302 404 404 302",
        args=lambda place: place.sponsor_args,
    ),
    Row("get", "chat", MEMBERS, PRIVATE_MEMBERS),
    Row(
        "get",
        "chat_live",
        "401 403 200 200 200 403 403 403",
        "401 404 200 200 200 404 404 403",
    ),
    Row("post", "chat_send", MEMBERS_ACT, PRIVATE_MEMBERS_ACT, {"body": "Scrim at nine?", "client_id": uuid4()}),
    Row("post", "chat_read", MEMBERS_ACT, PRIVATE_MEMBERS_ACT, {"number": 1}),
    Row("post", "chat_mute", MEMBERS_ACT, PRIVATE_MEMBERS_ACT, {"muted": "1"}),
    Row("get", "chat_message", MEMBERS, PRIVATE_MEMBERS, args=the_message),
    Row(
        "post",
        "chat_message",
        "302 403 302 403 403 403 403 403",
        "302 404 302 403 403 404 404 403",
        {"body": "Edited"},
        args=the_message,
    ),
    Row("post", "chat_react", MEMBERS_ACT, PRIVATE_MEMBERS_ACT, {"emoji": "🔥"}, args=the_message),
    Row(
        "post",
        "chat_delete",
        "302 403 302 302 302 403 403 302",
        "302 404 302 302 302 404 404 302",
        args=the_message,
    ),
    # The API of a visitor says 403 where the page leads to the log-in.
    Row("get", "api_teams", PUBLIC, PUBLIC, args=no_arguments),
    Row("get", "api_team", PUBLIC, PRIVATE_PAGE),
    Row(
        "post",
        "api_teams",
        "403 201 201 201 201 201 201 201",
        "403 201 201 201 201 201 201 201",
        {"name": "Delta West", "tag": "DWX", "game": "cs2"},
        args=no_arguments,
    ),
    Row("get", "api_invites", "403 403 403 200 200 403 403 200", "403 404 403 200 200 404 404 200"),
    Row(
        "post",
        "api_invites",
        "403 403 403 201 201 403 403 201",
        "403 404 403 201 201 404 404 201",
        {"player": "target"},
    ),
    Row("post", "api_accept_invite", API_ANSWER, API_ANSWER, args=the_link),
    Row("post", "api_decline_invite", API_ANSWER, API_ANSWER, args=the_link),
]
TEAM_MODELS = (
    Team,
    TeamMembership,
    TeamInvite,
    CaptainTransfer,
    RosterChange,
    PastName,
    TeamSponsor,
    ChatMessage,
    ChatReaction,
    ChatReader,
)
# Statuses that led somewhere without doing anything.
DID_NOTHING = {("accept_invite", who) for who in WHO if who != "invited"} | {
    ("decline_invite", who) for who in WHO if who != "invited"
}
DID_NOTHING |= {("restore", who) for who in WHO}


@dataclass
class Place:
    team: Team
    invite: TeamInvite
    plain_member: TeamMembership
    inactive: TeamMembership
    banned: TeamMembership
    people: dict
    sponsor: TeamSponsor
    message: ChatMessage  # the member's

    @property
    def sponsor_args(self):
        return [self.team.slug, self.sponsor.pk]

    def no_offer(self):
        self.team.transfers.all().delete()
        return self.team.slug


@pytest.fixture
def place(db):
    captain = make_user("captain")
    team = make_team("Dhaka Wolves", captain=captain, tag="DW", slug="dhaka-wolves")
    people = {"visitor": None, "captain": captain, "user": make_user("somebody"), "invited": make_user("invited")}
    for role in ("member", "co_captain"):
        people[role] = make_user(role)
        member = add_member(team, people[role], "player" if role == "member" else role)
        if role == "member":
            make_transfer(team, member)
    people["other_captain"] = make_user("other_captain")
    make_team("Ravens", captain=people["other_captain"])
    people["superuser"] = make_user("superuser", is_superuser=True, is_staff=True)
    make_user("target")
    message = ChatMessage.objects.create(team=team, author=people["member"], number=1, revision=1, body="Hello")
    TeamChat.objects.create(team=team, last_revision=1)
    return Place(
        team=team,
        invite=make_invite(team, people["invited"]),
        plain_member=add_member(team, make_user("plain")),
        inactive=add_member(team, status="inactive", left_at=None),
        banned=add_member(team, status="banned"),
        people=people,
        sponsor=make_sponsor(team),
        message=message,
    )


def everything():
    """All that a request of this app may change, to compare before and after."""
    return {
        model.__name__: sorted(map(str, model.objects.values_list()))
        for model in (*TEAM_MODELS, Notification, Job, AuditEvent)
    }


def knock(row, visibility, who, place, capture):
    """Send the request of ``row`` as ``who``. Return the answer, the expected status, and whether anything changed."""
    client = Client()
    if place.people[who]:
        client.force_login(place.people[who])
    data = {key: {"public": "on"}.get(visibility, "") if value == "KEEP" else value for key, value in row.data.items()}
    address = reverse(f"teams:{row.name}", args=row.args(place))
    before = everything()
    with capture(execute=True):
        response = getattr(client, row.method)(address, data)
    expected = int(getattr(row, visibility).split()[WHO.index(who)])
    return response, expected, everything() != before


@pytest.mark.parametrize("visibility", ["public", "private"])
@pytest.mark.parametrize("row", [row for row in MATRIX if row.method == "get"], ids=lambda row: row.name)
def test_reading(row, visibility, place, django_capture_on_commit_callbacks):
    Team.objects.filter(pk=place.team.pk).update(is_public=visibility == "public")
    for who in WHO:
        response, expected, changed = knock(row, visibility, who, place, django_capture_on_commit_callbacks)

        assert (who, response.status_code, changed) == (who, expected, False)
        if row.name == "visit_sponsor" and expected == 302:
            assert response["Location"] == place.sponsor.url
        elif expected == 302:
            assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("visibility", ["public", "private"])
@pytest.mark.parametrize("row", [row for row in MATRIX if row.method == "post"], ids=lambda row: row.name)
def test_acting(row, visibility, who, place, django_capture_on_commit_callbacks):
    Team.objects.filter(pk=place.team.pk).update(is_public=visibility == "public")

    response, expected, changed = knock(row, visibility, who, place, django_capture_on_commit_callbacks)

    assert response.status_code == expected
    refused = expected in {403, 404} or who == "visitor" or (row.name, who) in DID_NOTHING
    # The first step of the wizard only leads to the second.
    assert changed == (not refused and row.name != "create")
    if who == "visitor" and expected == 302:
        assert response["Location"].startswith(reverse("account_login"))


def test_every_address_has_a_row():
    assert {pattern.name for pattern in urlpatterns} == {row.name for row in MATRIX}


@pytest.mark.parametrize("row", [row for row in MATRIX if row.method == "post"], ids=lambda row: row.name)
def test_what_changes_something_has_no_other_way_in(row, place, client):
    """What only posts refuses GET, so that no link and no picture can make someone do it."""
    client.force_login(place.people["captain"])
    answers_get = any(other.name == row.name and other.method == "get" for other in MATRIX)
    response = client.get(reverse(f"teams:{row.name}", args=row.args(place)))
    assert response.status_code == (200 if answers_get else 405)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("visibility", [True, False])
@pytest.mark.parametrize("active", [True, False])
def test_the_queryset_says_the_same_as_the_check(place, who, visibility, active):
    from django.contrib.auth.models import AnonymousUser

    Team.objects.filter(pk=place.team.pk).update(is_public=visibility, is_active=active)
    place.team.refresh_from_db()
    user = place.people[who] or AnonymousUser()
    standing = permissions.standing(user, place.team)

    seen = permissions.teams_seen_by(user).filter(pk=place.team.pk).exists()
    assert seen == permissions.can_see(standing)
    if active:
        invites = permissions.teams_invited_for_by(user).filter(pk=place.team.pk).exists()
        assert invites == permissions.can_invite(standing)


@pytest.mark.parametrize("who", WHO)
def test_the_queryset_of_invitations_says_the_same_as_the_check(place, who):
    from django.contrib.auth.models import AnonymousUser

    user = place.people[who] or AnonymousUser()
    listed = permissions.invites_answered_by(user).filter(pk=place.invite.pk).exists()
    assert listed == permissions.can_answer(user, place.invite) == (who == "invited")


def test_only_the_captain_hides_the_team(place, client):
    client.force_login(place.people["co_captain"])
    client.post(reverse("teams:edit", args=["dhaka-wolves"]), {"region": "BD"})
    place.team.refresh_from_db()
    assert place.team.is_public is True

    client.force_login(place.people["captain"])
    client.post(reverse("teams:edit", args=["dhaka-wolves"]), {"region": "BD"})
    place.team.refresh_from_db()
    assert place.team.is_public is False


def test_the_invitation_of_another_team_is_not_cancelled_through_mine(place, client):
    elsewhere = make_invite(make_team(), make_user())
    client.force_login(place.people["captain"])

    response = client.post(reverse("teams:cancel_invite", args=["dhaka-wolves", elsewhere.pk]))

    elsewhere.refresh_from_db()
    assert (response.status_code, elsewhere.status) == (404, "pending")

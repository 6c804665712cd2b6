"""Invite links, requests to join, and the settings."""

from datetime import timedelta

from django.utils import timezone

from apps.teams.models import TeamInviteLink, TeamJoinRequest
from tests.teams.matrix.row import Row
from tests.teams.matrix.who import CAPTAIN, EVERYONE, LOGGED_IN, WITH_FLAG, WITH_OWN_FLAG
from tests.teams.people import make_user

FREE_TO_ASK = frozenset({"other_captain", "moderator", "superuser"})
ASKER = frozenset({"user"})


def furnish(place):
    """An open link, a request of somebody, and one of "user"."""
    captain = place.people["captain"]
    place.link = TeamInviteLink.objects.create(
        team=place.team, made_by=captain, expires_at=timezone.now() + timedelta(days=1)
    )
    place.request = TeamJoinRequest.objects.create(team=place.team, player=make_user("asker"), message="Hello")
    place.own_request = TeamJoinRequest.objects.create(team=place.team, player=place.people["user"])


def token(place):
    return [place.link.token]


def the_link(place):
    return [place.team.slug, place.link.pk]


def the_request(place):
    return [place.team.slug, place.request.pk]


ROWS = [
    Row("get", "join_link", EVERYONE, hidden=False, args=token),
    # Who is in the team already, or plays elsewhere, is led back to the link, where the reason stands.
    Row(
        "post",
        "accept_link",
        LOGGED_IN,
        ok=302,
        hidden=False,
        changes=frozenset({"user", "invited", "moderator", "superuser"}),
        args=token,
    ),
    Row("get", "links", WITH_FLAG),
    Row("post", "create_link", WITH_FLAG, ok=302, data={"role": "player", "max_uses": "5", "days": "7"}),
    Row("post", "revoke_link", WITH_FLAG, ok=302, args=the_link),
    Row("get", "link_qr", WITH_FLAG, args=the_link),
    Row("get", "ask_to_join", LOGGED_IN),
    # "user" has asked and "invited" is invited: the form says so. Members have nothing to ask.
    Row(
        "post",
        "ask_to_join",
        FREE_TO_ASK,
        ok=302,
        data={"message": "Hi"},
        others={"user": 422, "invited": 422},
    ),
    Row(
        "post",
        "withdraw_request",
        ASKER,
        ok=302,
        refused=404,
        hidden=False,
        args=lambda place: [place.own_request.pk],
    ),
    Row("get", "join_requests", WITH_FLAG),
    Row("post", "approve_request", WITH_FLAG, ok=302, args=the_request),
    Row("get", "decline_request", WITH_FLAG, args=the_request),
    Row("post", "decline_request", WITH_FLAG, ok=302, args=the_request),
    Row("get", "team_settings", WITH_OWN_FLAG),
    Row("post", "join_settings", WITH_OWN_FLAG, ok=302, data={"join_question": "When?"}),
    Row("post", "member_flags", CAPTAIN, ok=302, data={"manage_chat": "on"}),
    Row("get", "team_log", CAPTAIN),
    Row("get", "api_links", WITH_FLAG, visitor=403),
    Row("post", "api_links", WITH_FLAG, ok=201, visitor=403, data={"days": 3}),
    Row("post", "api_revoke_link", WITH_FLAG, visitor=403, args=the_link),
    Row(
        "post",
        "api_accept_link",
        frozenset({"user", "invited", "moderator", "superuser"}),
        visitor=403,
        refused=409,
        hidden=False,
        args=token,
    ),
    Row("get", "api_join_requests", WITH_FLAG, visitor=403),
    Row(
        "post",
        "api_join_requests",
        FREE_TO_ASK,
        ok=201,
        visitor=403,
        data={"message": "Hi"},
        others={"user": 409, "invited": 409},
    ),
    Row("post", "api_approve_request", WITH_FLAG, visitor=403, args=the_request),
    Row("post", "api_decline_request", WITH_FLAG, visitor=403, args=the_request),
    Row("get", "api_my_request", ASKER, visitor=403, refused=404),
    Row("delete", "api_my_request", ASKER, visitor=403, refused=404, changes=ASKER),
]

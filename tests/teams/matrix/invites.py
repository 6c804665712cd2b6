"""Asking players in, and their answers."""

from tests.teams.matrix.row import Row
from tests.teams.matrix.who import EVERYONE, WITH_FLAG
from tests.teams.people import make_invite, make_user

INVITED = frozenset({"invited"})


def furnish(place):
    """An open invitation, and a player who plays nowhere."""
    place.invite = make_invite(place.team, place.people["invited"])
    make_user("target")


def link(place):
    return [place.invite.token]


ROWS = [
    Row("get", "invitation", EVERYONE, hidden=False, args=link),
    # A wrong person is led back to the invitation, where the reason stands.
    Row("post", "accept_invite", EVERYONE - {"visitor"}, ok=302, hidden=False, changes=INVITED, args=link),
    Row("post", "decline_invite", EVERYONE - {"visitor"}, ok=302, hidden=False, changes=INVITED, args=link),
    Row("get", "player_suggestions", WITH_FLAG),
    Row("post", "invite_player", WITH_FLAG, ok=302, data={"player-player": "target", "player-role": "player"}),
    Row(
        "post",
        "invite_email",
        WITH_FLAG,
        ok=302,
        data={"email-email": "new@example.test", "email-role": "player"},
    ),
    Row("post", "cancel_invite", WITH_FLAG, ok=302, args=lambda place: [place.team.slug, place.invite.pk]),
    # The API of a visitor says 403 where the page leads to the log-in.
    Row("get", "api_invites", WITH_FLAG, visitor=403),
    Row("post", "api_invites", WITH_FLAG, ok=201, visitor=403, data={"player": "target"}),
    Row("post", "api_accept_invite", INVITED, visitor=403, hidden=False, args=link),
    Row("post", "api_decline_invite", INVITED, visitor=403, hidden=False, args=link),
]

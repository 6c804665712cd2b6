"""The team's chat. Its members' alone: a superuser does not read along."""

from uuid import uuid4

from apps.teams.models import ChatMessage, TeamChat
from tests.teams.matrix.row import Row
from tests.teams.matrix.who import CAPTAINS, MEMBERS, THE_MEMBER


def furnish(place):
    """A message of "member"."""
    author = place.people["member"]
    place.message = ChatMessage.objects.create(team=place.team, author=author, number=1, revision=1, body="Hello")
    TeamChat.objects.create(team=place.team, last_revision=1)


def the_message(place):
    return [place.team.slug, place.message.pk]


ROWS = [
    Row("get", "chat", MEMBERS),
    Row("get", "chat_live", MEMBERS, visitor=401),
    Row("post", "chat_send", MEMBERS, ok=302, data={"body": "Scrim at nine?", "client_id": uuid4()}),
    Row("post", "chat_read", MEMBERS, ok=302, data={"number": 1}),
    Row("post", "chat_mute", MEMBERS, ok=302, data={"muted": "1"}),
    Row("get", "chat_message", MEMBERS, args=the_message),
    Row("post", "chat_message", THE_MEMBER, ok=302, data={"body": "Edited"}, args=the_message),
    Row("post", "chat_react", MEMBERS, ok=302, data={"emoji": "🔥"}, args=the_message),
    Row("get", "report_message", MEMBERS - THE_MEMBER, args=the_message),
    Row("post", "report_message", MEMBERS - THE_MEMBER, ok=302, data={"why": "spam"}, args=the_message),
    Row("post", "chat_delete", CAPTAINS | THE_MEMBER, ok=302, args=the_message),
]

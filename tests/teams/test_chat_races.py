"""Several at once in one chat, on real connections."""

from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection

from apps.core import rate_limit
from apps.teams import permissions
from apps.teams.models import ChatMessage, TeamChat
from apps.teams.selectors import chat as selectors
from apps.teams.services import chat
from tests.teams.people import add_member
from tests.teams.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def crew(wolves, mim, monkeypatch):
    add_member(wolves, mim)
    monkeypatch.setattr(rate_limit, "check", lambda *args, **kwargs: None)
    return wolves


def saying(author, team, body="Hello", client_id=None):
    return lambda: chat.send_message(actor=author, team_id=team.pk, body=body, client_id=client_id or uuid4())


def test_one_message_sent_eight_times_at_once_is_one(crew, mim):
    same = uuid4()
    assert at_once(*[saying(mim, crew, client_id=same)] * 8) == {"done": 8}
    assert ChatMessage.objects.count() == 1
    assert TeamChat.objects.get().last_revision == 1


def test_numbers_have_no_gap_and_no_double(crew, rafi, mim):
    assert at_once(*[saying(person, crew) for person in (rafi, mim)] * 5) == {"done": 10}
    assert list(ChatMessage.objects.values_list("number", flat=True)) == list(range(1, 11))


def test_a_reader_never_sees_a_later_change_before_an_earlier_one(crew, rafi, mim):
    """Ten readers catch up while ten write: whatever a reader's revision is, it has all below it."""
    holes = []

    def read():
        standing, known, revision = permissions.standing(mim, crew), set(), 0
        for _ in range(15):
            changes = selectors.changes(standing, after=revision)
            known |= {entry.message.number for entry in changes.entries}
            revision = changes.revision
            if known != set(range(1, revision + 1)):
                holes.append((sorted(known), revision))

    def write():
        for _ in range(5):
            saying(rafi, crew)()

    at_once(*[read, write] * 4)

    assert holes == []
    assert ChatMessage.objects.count() == 20


@pytest.mark.parametrize("_again", range(5))
def test_an_edit_and_a_deletion_at_once_leave_a_deleted_message(crew, rafi, mim, _again):
    message = saying(mim, crew)()
    ended = at_once(
        lambda: chat.edit_message(actor=mim, message_id=message.pk, body="Edited"),
        lambda: chat.delete_message(actor=rafi, message_id=message.pk),
        lambda: chat.react(actor=rafi, message_id=message.pk, emoji="🔥"),
    )
    message.refresh_from_db()
    assert (message.body, message.deleted_by) == ("", rafi)
    assert message.reactions.count() == 0
    assert set(ended) <= {"done", "Conflict"}
    assert message.revision == TeamChat.objects.get().last_revision == 1 + ended["done"]


def test_two_deletions_at_once_are_one(crew, rafi, mim):
    message = saying(mim, crew)()
    ended = at_once(*[lambda: chat.delete_message(actor=mim, message_id=message.pk)] * 3)
    assert ended == Counter({"done": 1, "Conflict": 2})

"""Say, correct, take back and react."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs, rate_limit
from apps.core.errors import DomainError, NotFound
from apps.corelib import typed
from apps.teams import permissions
from apps.teams.constants import CHAT_BODY_LIMIT, CHAT_EMOJI
from apps.teams.models import ChatMention, ChatMessage, ChatReaction, Team, TeamChat
from apps.teams.selectors import mentions
from apps.teams.services.chat.reading import read_up_to
from apps.teams.services.chat.revisions import active_team, change_answers, empty, lock, next_revision, tell


@transaction.atomic(durable=True)
def send_message(
    *, actor: User, team_id: int, body: str, client_id: UUID, reply_to_id: int | None = None
) -> ChatMessage:
    """Say something. Sent again with the same ``client_id`` it is the same message, whatever it says now.

    Raises:
        NotFound: The team is gone or hidden, or the message that is answered is not in this chat.
        PermissionRefused: The actor is not a member.
        DomainError: No words, or too many.
        RateLimited: More than 10 messages in 10 seconds, or 60 in 5 minutes.
    """
    team = active_team(team_id)
    permissions.check_chat(permissions.standing(actor, team))
    # Before the lock: what the browser repeats is neither counted against its person nor waits for others.
    if known := ChatMessage.objects.filter(author=actor, client_id=client_id, team=team).first():
        return known
    body = _body(body)
    _check_pace(actor)

    chat = lock(team)
    # Asked again, for who was removed or repeated themselves while this waited for the lock.
    permissions.check_chat(permissions.standing(actor, team))
    if known := ChatMessage.objects.filter(author=actor, client_id=client_id).first():
        if known.team_id != team.pk:
            raise DomainError("This message was sent to another team already.")
        return known
    reply_to = _message_of(team, reply_to_id) if reply_to_id is not None else None
    number = next_revision(chat)
    message = ChatMessage.objects.create(
        team=team, number=number, revision=number, author=actor, client_id=client_id, body=body, reply_to=reply_to
    )
    _write_mentions(message, actor)
    read_up_to(actor, team, number)

    if reply_to or message.mentions.exists():
        jobs.enqueue("teams.send_chat_notification", message_id=message.pk)
    tell(chat)
    return message


@transaction.atomic(durable=True)
def edit_message(*, actor: User, message_id: int, body: str) -> ChatMessage:
    """Change one's own words. The message says so; nobody is notified again, not even who is newly named.

    Raises:
        NotFound, PermissionRefused, DomainError, RateLimited: as ``send_message``. Conflict: it was deleted.
    """
    team, message, chat = _lock_message(message_id)
    permissions.check_edit_message(permissions.standing(actor, team), message)
    body = _body(body)
    _check_changes(actor)
    if body == message.body:
        return message

    message.body, message.edited_at, message.revision = body, timezone.now(), next_revision(chat)
    message.save(update_fields=["body", "edited_at", "revision"])
    message.mentions.all().delete()
    _write_mentions(message, actor)
    change_answers(message, chat)

    tell(chat)
    return message


@transaction.atomic(durable=True)
def delete_message(*, actor: User, message_id: int) -> ChatMessage:
    """Take the words away and leave the place. Done to another's message it is recorded, without the words.

    Raises:
        NotFound: There is no such message, or the team is hidden from the actor.
        PermissionRefused: Neither the author nor a captain. Conflict: it was deleted before.
    """
    team, message, chat = _lock_message(message_id)
    permissions.check_delete_message(permissions.standing(actor, team), message)

    empty(message, by=actor, chat=chat)

    if message.author_id != actor.pk:
        audit.record(
            actor=actor,
            action="team.chat_message_removed",
            target=team,
            old={"message": message.pk, "author": message.author_id},
            new={"deleted": True},
        )
    tell(chat)
    return message


@transaction.atomic(durable=True)
def react(*, actor: User, message_id: int, emoji: str, on: bool | None = None) -> ChatMessage:
    """Put a sign under a message or take it away; without ``on``, whichever is not so now.

    Raises:
        NotFound, PermissionRefused, Conflict, RateLimited: as ``edit_message``. DomainError: no sign of ours.
    """
    team, message, chat = _lock_message(message_id)
    permissions.check_react(permissions.standing(actor, team), message)
    if emoji not in CHAT_EMOJI:
        raise DomainError("There is no such reaction.", field="emoji")
    _check_changes(actor)
    mine = ChatReaction.objects.filter(message=message, user=actor, emoji=emoji)
    there = mine.exists()
    if on is None:
        on = not there
    if on == there:
        return message

    if on:
        ChatReaction.objects.create(message=message, user=actor, emoji=emoji)
    else:
        mine.delete()
    message.revision = next_revision(chat)
    message.save(update_fields=["revision"])

    tell(chat)
    return message


def _message_of(team: Team, message_id: int) -> ChatMessage:
    message = ChatMessage.objects.filter(team=team, pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message.")
    return message


def _lock_message(message_id: int) -> tuple[Team, ChatMessage, TeamChat]:
    team_id = ChatMessage.objects.filter(pk=message_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such message.")
    team = active_team(team_id)
    chat = lock(team)
    return team, ChatMessage.objects.get(pk=message_id), chat


def _body(text: str) -> str:
    body = typed.paragraphs(text)
    if not body:
        raise DomainError("Write something first.", field="body")
    if len(body) > CHAT_BODY_LIMIT:
        raise DomainError(f"A message has at most {CHAT_BODY_LIMIT} characters. Yours has {len(body)}.", field="body")
    return body


def _check_pace(actor: User) -> None:
    slower = "You write faster than anyone can read. Wait a few seconds, then send it again."
    rate_limit.check("teams.chat_burst", key=str(actor.pk), limit=10, seconds=10, message=slower)
    rate_limit.check("teams.chat", key=str(actor.pk), limit=60, seconds=300, message=slower)


def _check_changes(actor: User) -> None:
    rate_limit.check("teams.chat_change", key=str(actor.pk), limit=60, seconds=60)


def _write_mentions(message: ChatMessage, actor: User) -> None:
    named = mentions.members_named(message.team_id, message.body)
    ChatMention.objects.bulk_create(ChatMention(message=message, user_id=pk) for pk in named if pk != actor.pk)

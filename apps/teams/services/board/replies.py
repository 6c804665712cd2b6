"""Reply, change and remove a reply, and keep one's place."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs, rate_limit
from apps.core.errors import NotFound
from apps.teams.models import BoardRead, BoardReply, BoardThread
from apps.teams.permissions import Standing
from apps.teams.permissions import board as rules
from apps.teams.services.board.threads import lock_thread
from apps.teams.services.words import markdown_of
from apps.teams.social_limits import REPLY_BODY_LIMIT


@transaction.atomic(durable=True)
def add_reply(*, actor: User, thread_id: int, body: str, client_id: UUID) -> BoardReply:
    """Reply to a thread. Sent again with the same ``client_id`` it is the same reply.

    Raises:
        NotFound: There is no such thread for the actor. PermissionRefused: The actor has no seat in the team.
        DomainError: No words, or too many. Conflict: It is locked. RateLimited: More than twenty in ten minutes.
    """
    # The row is locked until commit: the count is exact, and replies appear in the order of their numbers.
    thread, viewer = lock_thread(actor, thread_id)
    rules.check_reply(viewer, thread)
    if known := BoardReply.objects.filter(author=actor, client_id=client_id, thread=thread).first():
        return known
    rate_limit.check("teams.reply", key=str(actor.pk), limit=20, seconds=600)
    words = markdown_of(body, longest=REPLY_BODY_LIMIT, what="A reply")
    reply = BoardReply.objects.create(thread=thread, author=actor, client_id=client_id, body=words)
    thread.reply_count += 1
    thread.last_at, thread.last_reply = timezone.now(), reply.pk
    thread.save(update_fields=["reply_count", "last_at", "last_reply"])
    _read_up_to(actor, thread, reply.pk)
    jobs.enqueue("teams.send_reply_notification", reply_id=reply.pk)
    return reply


@transaction.atomic(durable=True)
def edit_reply(*, actor: User, reply_id: int, body: str) -> BoardReply:
    """Change one's own reply. It says so; nobody is told again.

    Raises:
        NotFound, PermissionRefused, DomainError, Conflict: as ``add_reply``. RateLimited: More than sixty an hour.
    """
    reply, viewer = _lock_reply(actor, reply_id)
    rules.check_edit_reply(viewer, reply)
    rate_limit.check("teams.board_edit", key=str(actor.pk), limit=60, seconds=3600)
    words = markdown_of(body, longest=REPLY_BODY_LIMIT, what="A reply")
    if words != reply.body:
        reply.body, reply.edited_at = words, timezone.now()
        reply.save(update_fields=["body", "edited_at"])
    return reply


@transaction.atomic(durable=True)
def remove_reply(*, actor: User, reply_id: int) -> BoardReply:
    """Take the words away and leave the place. Done to another's reply it is recorded, without the words.

    Raises:
        NotFound: There is no such reply for the actor. PermissionRefused: Neither its author nor who keeps order.
        Conflict: It was removed before.
    """
    reply, viewer = _lock_reply(actor, reply_id)
    rules.check_remove_reply(viewer, reply)
    empty(reply, by=actor)
    if reply.author_id != actor.pk:
        audit.record(
            actor=actor,
            action="team.reply_removed",
            target=reply.thread.team,
            old={"reply": reply.pk, "author": reply.author_id},
            new={"removed": True},
        )
    return reply


def mark_read(*, actor: User, thread: BoardThread, reply_id: int) -> None:
    """Remember that the actor has read up to a reply of a thread that they see. Never goes back."""
    if BoardRead.objects.filter(thread=thread, user=actor, last_reply__gte=reply_id).exists():
        return
    with transaction.atomic():
        _read_up_to(actor, thread, reply_id)


def empty(reply: BoardReply, *, by: User) -> None:
    reply.body, reply.removed_at, reply.removed_by = "", timezone.now(), by
    reply.save(update_fields=["body", "removed_at", "removed_by"])


def _read_up_to(actor: User, thread: BoardThread, reply_id: int) -> None:
    BoardRead.objects.get_or_create(thread=thread, user=actor)
    BoardRead.objects.filter(thread=thread, user=actor).update(last_reply=Greatest("last_reply", reply_id))


def _lock_reply(actor: User, reply_id: int) -> tuple[BoardReply, Standing]:
    thread_id = BoardReply.objects.filter(pk=reply_id).values_list("thread", flat=True).first()
    if thread_id is None:
        raise NotFound("There is no such reply.")
    thread, viewer = lock_thread(actor, thread_id)
    reply = BoardReply.objects.get(pk=reply_id)
    reply.thread = thread
    return reply, viewer

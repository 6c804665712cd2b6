"""Begin a thread, change it, keep order."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs, rate_limit
from apps.core.errors import Conflict, NotFound
from apps.teams.models import BoardThread, Team
from apps.teams.permissions import Standing, standing
from apps.teams.permissions import board as rules
from apps.teams.services.words import markdown_of, title_of
from apps.teams.social_limits import THREAD_BODY_LIMIT

EXAMPLE = "Which maps for the Dhaka Open?"


@transaction.atomic(durable=True)
def start_thread(*, actor: User, team_id: int, title: str, body: str, client_id: UUID) -> BoardThread:
    """Begin a thread. Sent again with the same ``client_id`` it is the same thread.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor has no seat in it.
        DomainError: A field is wrong. RateLimited: More than ten threads an hour.
    """
    team = Team.objects.active().filter(pk=team_id).first()
    if team is None:
        raise NotFound("There is no such team.")
    rules.check_write_board(standing(actor, team))
    if known := BoardThread.objects.filter(author=actor, client_id=client_id, team=team).first():
        return known
    rate_limit.check("teams.thread", key=str(actor.pk), limit=10, seconds=3600)
    thread, made = BoardThread.objects.get_or_create(
        author=actor,
        client_id=client_id,
        defaults={
            "team": team,
            "title": title_of(title, example=EXAMPLE),
            "body": markdown_of(body, longest=THREAD_BODY_LIMIT, what="A thread"),
        },
    )
    if made:
        jobs.enqueue("teams.send_thread_notification", thread_id=thread.pk)
    return thread


@transaction.atomic(durable=True)
def edit_thread(*, actor: User, thread_id: int, title: str, body: str) -> BoardThread:
    """Change one's own thread. It says so; nobody is told again.

    Raises:
        NotFound, PermissionRefused, DomainError, RateLimited: as ``start_thread``. Conflict: It is locked or removed.
    """
    thread, viewer = lock_thread(actor, thread_id)
    rules.check_edit_thread(viewer, thread)
    rate_limit.check("teams.board_edit", key=str(actor.pk), limit=60, seconds=3600)
    words = (title_of(title, example=EXAMPLE), markdown_of(body, longest=THREAD_BODY_LIMIT, what="A thread"))
    if words != (thread.title, thread.body):
        (thread.title, thread.body), thread.edited_at = words, timezone.now()
        thread.save(update_fields=["title", "body", "edited_at"])
    return thread


@transaction.atomic(durable=True)
def remove_thread(*, actor: User, thread_id: int) -> BoardThread:
    """Take a thread off the board. For a week it can be brought back.

    Raises:
        NotFound: There is no such thread for the actor. PermissionRefused: Neither its author nor who keeps order.
        Conflict: It was removed before.
    """
    thread, viewer = lock_thread(actor, thread_id)
    rules.check_remove_thread(viewer, thread)
    if thread.removed_at is not None:
        raise Conflict("This thread was removed before.")
    take_off(actor, thread)
    return thread


@transaction.atomic(durable=True)
def restore_thread(*, actor: User, thread_id: int) -> BoardThread:
    """Bring a removed thread back.

    Raises:
        NotFound, PermissionRefused: as ``remove_thread``. Conflict: It is not removed, or longer than a week.
    """
    thread, viewer = lock_thread(actor, thread_id)
    rules.check_restore_thread(viewer, thread)
    if thread.removed_at is None:
        raise Conflict("This thread is not removed.")
    _set(actor, thread, "team.thread_restored", removed_at=None, removed_by=None)
    return thread


@transaction.atomic(durable=True)
def set_thread(*, actor: User, thread_id: int, pinned: bool | None = None, locked: bool | None = None) -> BoardThread:
    """Pin or lock a thread, or end that.

    Raises:
        NotFound: There is no such thread for the actor. PermissionRefused: The actor does not keep order.
    """
    thread, viewer = lock_thread(actor, thread_id)
    rules.check_see_thread(viewer, thread)
    rules.check_keep_order(viewer)
    if pinned is not None and pinned != thread.is_pinned:
        _set(actor, thread, "team.thread_pinned" if pinned else "team.thread_unpinned", is_pinned=pinned)
    if locked is not None and locked != thread.is_locked:
        _set(actor, thread, "team.thread_locked" if locked else "team.thread_unlocked", is_locked=locked)
    return thread


def lock_thread(actor: User, thread_id: int) -> tuple[BoardThread, Standing]:
    """Return the thread, locked, and what the actor is in its team. Raises ``NotFound``."""
    threads = BoardThread.objects.select_for_update(no_key=True, of=("self",)).select_related("team")
    thread = threads.filter(pk=thread_id, team__is_active=True).first()
    if thread is None:
        raise NotFound("There is no such thread.")
    return thread, standing(actor, thread.team)


def take_off(actor: User, thread: BoardThread) -> None:
    """Take a locked thread off the board, on record."""
    _set(actor, thread, "team.thread_removed", removed_at=timezone.now(), removed_by=actor)


def _set(actor: User, thread: BoardThread, action: str, **fields: object) -> None:
    for name, value in fields.items():
        setattr(thread, name, value)
    thread.save(update_fields=list(fields))
    audit.record(actor=actor, action=action, target=thread.team, old={}, new={"thread": thread.pk})

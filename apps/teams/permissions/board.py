"""Who may read, write and keep order on a team's board."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.teams.models import BoardReply, BoardThread, MemberFlag
from apps.teams.permissions.standing import Standing, boolean, check_flag, check_see
from apps.teams.social_limits import POST_UNDO_FOR


def check_read_board(viewer: Standing) -> None:
    """Members; everyone who sees the team where the captain has opened the board to read."""
    check_see(viewer)
    if not (viewer.membership or viewer.is_superuser or viewer.team.board_is_public):
        raise PermissionRefused("The board is for the members of the team.")


def check_write_board(viewer: Standing) -> None:
    check_read_board(viewer)
    if viewer.membership is None or not viewer.role:
        raise PermissionRefused("The active members of the team write on its board.")


def check_keep_order(viewer: Standing) -> None:
    """Pin, lock, remove what others wrote."""
    check_see(viewer)
    check_flag(viewer, MemberFlag.MANAGE_CHAT, "keep order on the board")


def check_see_thread(viewer: Standing, thread: BoardThread) -> None:
    check_read_board(viewer)
    if thread.removed_at is not None and not _knows_of_removed(viewer, thread):
        raise NotFound("There is no such thread.")


def check_reply(viewer: Standing, thread: BoardThread) -> None:
    check_see_thread(viewer, thread)
    check_write_board(viewer)
    _check_open(thread)


def check_edit_thread(viewer: Standing, thread: BoardThread) -> None:
    check_see_thread(viewer, thread)
    check_write_board(viewer)
    if thread.author_id != viewer.user.pk:
        raise PermissionRefused("Only who began a thread can edit it.")
    _check_open(thread)


def check_edit_reply(viewer: Standing, reply: BoardReply) -> None:
    check_see_thread(viewer, reply.thread)
    check_write_board(viewer)
    if reply.author_id != viewer.user.pk:
        raise PermissionRefused("Only who wrote a reply can edit it.")
    _check_open(reply.thread)
    if reply.removed_at is not None:
        raise Conflict("This reply was removed.")


def check_remove_thread(viewer: Standing, thread: BoardThread) -> None:
    check_see_thread(viewer, thread)
    if thread.author_id != viewer.user.pk or viewer.membership is None:
        check_keep_order(viewer)


def check_restore_thread(viewer: Standing, thread: BoardThread) -> None:
    """Whoever removed it, or keeps order, for a week."""
    check_see_thread(viewer, thread)
    if thread.removed_by_id != viewer.user.pk:
        check_keep_order(viewer)
    if thread.removed_at and thread.removed_at < timezone.now() - POST_UNDO_FOR:
        raise Conflict("A removed thread can be brought back for a week. That is over.")


def check_remove_reply(viewer: Standing, reply: BoardReply) -> None:
    check_see_thread(viewer, reply.thread)
    if reply.author_id != viewer.user.pk or viewer.membership is None:
        check_keep_order(viewer)
    if reply.removed_at is not None:
        raise Conflict("This reply was removed before.")


def threads_seen_by(viewer: Standing) -> "QuerySet[BoardThread]":
    """The queryset form of ``check_see_thread``. The caller has checked that the viewer reads the board."""
    threads = BoardThread.objects.filter(team=viewer.team)
    if can_keep_order(viewer):
        return threads
    seen = Q(removed_at__isnull=True)
    return threads.filter(seen | Q(removed_by=viewer.user.pk) if viewer.user.is_authenticated else seen)


def _knows_of_removed(viewer: Standing, thread: BoardThread) -> bool:
    return can_keep_order(viewer) or (viewer.user.is_authenticated and thread.removed_by_id == viewer.user.pk)


def _check_open(thread: BoardThread) -> None:
    if thread.removed_at is not None:
        raise Conflict("This thread was removed.")
    if thread.is_locked:
        raise Conflict("This thread is locked: nothing can be added or changed.")


can_read_board = boolean(check_read_board)
can_write_board = boolean(check_write_board)
can_keep_order = boolean(check_keep_order)
can_reply = boolean(check_reply)
can_edit_thread = boolean(check_edit_thread)
can_edit_reply = boolean(check_edit_reply)
can_remove_thread = boolean(check_remove_thread)
can_restore_thread = boolean(check_restore_thread)
can_remove_reply = boolean(check_remove_reply)

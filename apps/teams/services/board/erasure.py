"""What a deleted account leaves on boards, and what goes for good."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.teams.models import BoardRead, BoardReply, BoardThread
from apps.teams.services.board.replies import empty
from apps.teams.social_limits import POST_UNDO_FOR

GONE = "A removed thread"


def forget(user: User) -> None:
    """Take the person's words off every board. Part of the deletion of the account.

    Threads that others replied to stay as a place for those replies.
    """
    BoardRead.objects.filter(user=user).delete()
    for reply in BoardReply.objects.filter(author=user, removed_at=None):
        empty(reply, by=user)
    mine = BoardThread.objects.filter(author=user)
    mine.filter(reply_count=0).delete()
    mine.update(title=GONE, body="", is_locked=True)


@transaction.atomic
def purge_removed_threads() -> int:
    """Delete for good what was removed longer ago than it could be brought back. Returns how many threads."""
    over = timezone.now() - POST_UNDO_FOR
    ids = list(BoardThread.objects.filter(removed_at__lt=over).values_list("pk", flat=True))
    BoardThread.objects.filter(pk__in=ids).delete()
    return len(ids)

"""What goes for good: the posts of a deleted account, and what was removed and not brought back."""

from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.common import images
from apps.teams.models import TeamPost, TeamPostPicture, TeamPostReport
from apps.teams.social_limits import POST_UNDO_FOR


def forget(user: User) -> None:
    """Delete what the person posted, with its pictures, and what they reported. Part of the deletion of the account."""
    TeamPostReport.objects.filter(reporter=user).delete()
    _delete(TeamPost.objects.filter(author=user))


@transaction.atomic
def purge_removed_posts() -> int:
    """Delete for good what was removed by its people longer ago than they could bring it back. Returns how many.

    What staff removed on a report stays, with the report, as long as the team.
    """
    over = timezone.now() - POST_UNDO_FOR
    removed = TeamPost.objects.filter(state=TeamPost.State.REMOVED, removed_at__lt=over)
    return _delete(removed.exclude(reports__state=TeamPostReport.State.UPHELD))


def _delete(posts: QuerySet[TeamPost]) -> int:
    ids = list(posts.values_list("pk", flat=True))
    for picture in TeamPostPicture.objects.filter(post__in=ids):
        transaction.on_commit(partial(images.delete_files, picture.image.file_names), robust=True)
    TeamPost.objects.filter(pk__in=ids).delete()
    return len(ids)

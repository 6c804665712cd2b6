"""A team's board as one reader sees it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields import BigIntegerField

from apps.accounts.models import User
from apps.common.pagination import KeysetPage, keyset_page
from apps.core.errors import NotFound
from apps.teams.models import BoardRead, BoardReply, BoardThread
from apps.teams.permissions import Standing
from apps.teams.permissions import board as rules
from apps.teams.permissions.talk_reports import can_report_talk
from apps.teams.social_limits import REPLIES_PER_PAGE, THREAD_PINS_SHOWN, THREADS_PER_PAGE

LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Line:
    """A thread in the list. ``has_news`` is for members: something in it that they have not read."""

    thread: BoardThread
    has_news: bool


@dataclass(frozen=True)
class BoardPage:
    """``on_top`` stands above the first page and on no other."""

    on_top: list[Line]
    lines: list[Line]
    page: KeysetPage[BoardThread]


@dataclass(frozen=True)
class Said:
    """A reply and what this reader may do with it. Costs no query of its own."""

    reply: BoardReply
    can_edit: bool
    can_remove: bool
    can_report: bool


def board_page(viewer: Standing, *, cursor: str = "") -> BoardPage:
    """Return threads, the last one that somebody replied to first. Two queries for any page of any board."""
    rules.check_read_board(viewer)
    threads = BoardThread.objects.filter(team=viewer.team, removed_at=None).select_related("team", "author__profile")
    threads = threads.annotate(read=_read_of(viewer))
    on_top = list(threads.filter(is_pinned=True).order_by("-last_at", "-pk")[:THREAD_PINS_SHOWN])
    others = threads.exclude(pk__in=[thread.pk for thread in on_top])
    page = keyset_page(others, order=("-last_at", "-pk"), cursor=cursor, size=THREADS_PER_PAGE)
    return BoardPage(
        on_top=[Line(thread, has_news(thread, viewer)) for thread in on_top] if page.is_first else [],
        lines=[Line(thread, has_news(thread, viewer)) for thread in page.rows],
        page=page,
    )


def thread_of(viewer: Standing, thread_id: int) -> BoardThread:
    """Return one thread of the team. Raises ``NotFound`` for what the viewer may not read."""
    rules.check_read_board(viewer)
    threads = rules.threads_seen_by(viewer).select_related("team", "author__profile").annotate(read=_read_of(viewer))
    thread = threads.filter(pk=min(thread_id, LARGEST)).first()
    if thread is None:
        raise NotFound("There is no such thread.")
    return thread


def reply_of(viewer: Standing, reply_id: int) -> BoardReply:
    """Return one reply on the team's board. Raises ``NotFound``."""
    rules.check_read_board(viewer)
    shown = BoardReply.objects.filter(thread__in=rules.threads_seen_by(viewer))
    reply = shown.select_related("thread__team", "author__profile").filter(pk=min(reply_id, LARGEST)).first()
    if reply is None:
        raise NotFound("There is no such reply.")
    return reply


def replies_page(
    viewer: Standing, thread: BoardThread, *, first: int = 0, cursor: str = ""
) -> tuple[list[Said], KeysetPage[BoardReply]]:
    """Return replies in their order, from the reply ``first`` on. One query."""
    replies = thread.replies.filter(pk__gte=min(max(first, 0), LARGEST)).select_related("author__profile")
    page = keyset_page(replies, order=("pk",), cursor=cursor, size=REPLIES_PER_PAGE)
    said = []
    for reply in page.rows:
        reply.thread = thread
        said.append(
            Said(
                reply,
                can_edit=rules.can_edit_reply(viewer, reply),
                can_remove=rules.can_remove_reply(viewer, reply),
                can_report=can_report_talk(viewer, reply),
            )
        )
    return said, page


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return what the person wrote on boards, for the export of their data."""
    threads = BoardThread.objects.filter(author=user).order_by("pk")
    replies = BoardReply.objects.filter(author=user, removed_at=None).order_by("pk")
    return {
        "team_board_threads": list(threads.values("title", "body", "created_at", team_name=F("team__name"))),
        "team_board_replies": list(
            replies.values("body", "created_at", thread_title=F("thread__title"), team_name=F("thread__team__name"))
        ),
    }


def _read_of(viewer: Standing) -> Any:
    if viewer.membership is None:
        return Value(LARGEST, output_field=BigIntegerField())
    mine: QuerySet[Any, Any] = BoardRead.objects.filter(thread=OuterRef("pk"), user=viewer.user.pk)
    return Subquery(mine.values("last_reply")[:1])


def has_news(thread: Any, viewer: Standing) -> bool:
    """Return whether there is something in a thread of these selectors that the viewer has not read."""
    unopened = thread.read is None and thread.author_id != viewer.user.pk
    return bool(unopened or (thread.read or 0) < thread.last_reply)

"""What happened in a team, of all kinds in one list, made of the rows that are there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from apps.teams.models import PastName, TeamAchievement
from apps.teams.permissions import Standing
from apps.teams.permissions import posts as post_rules
from apps.teams.selectors import history
from apps.teams.selectors.results import results_of
from apps.user_profile.models import UserProfile

PAGE_SIZE = 30


@dataclass(frozen=True)
class Entry:
    """One line: when, who if anybody, what in words, and where the rest of it is."""

    at: datetime
    icon: str
    words: str
    who: UserProfile | None = None
    title: str = ""
    href: str = ""
    # Of something that has a day and no time.
    whole_day: bool = False


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    next_cursor: str
    is_first: bool


@dataclass(frozen=True)
class _Place:
    """Where an entry stands: newest first; at one moment by kind, then by number."""

    at: datetime
    kind: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.kind}~{self.pk}"


def activity(viewer: Standing, *, cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """Return one page, newest first, as far as ``viewer`` may know of it. Five queries for any page of any team."""
    after = _parse(cursor)
    found: list[tuple[_Place, Any]] = []
    for kind, (rows_of, _) in enumerate(KINDS):
        rows = rows_of(viewer)
        if after is not None:
            rows = rows.filter(_beyond(after, kind))
        found += [
            (_Place(row.happened_at, kind, row.pk), row) for row in rows.order_by("-happened_at", "-pk")[: size + 1]
        ]
    found.sort(key=lambda pair: (pair[0].at, pair[0].kind, pair[0].pk), reverse=True)
    shown = found[:size]
    entries = [entry for place, row in shown for entry in KINDS[place.kind][1]([row], viewer)]
    return Page(entries, str(shown[-1][0]) if len(found) > size else "", is_first=after is None)


def _beyond(after: _Place, kind: int) -> Q:
    later = Q(happened_at__lt=after.at)
    if kind < after.kind:
        return later | Q(happened_at=after.at)
    return later | Q(happened_at=after.at, pk__lt=after.pk) if kind == after.kind else later


def _parse(cursor: str) -> _Place | None:
    """Return the place that a cursor names; one that makes no sense gives the first page."""
    at, _, rest = cursor[:80].partition("~")
    kind, _, pk = rest.partition("~")
    try:
        place = _Place(datetime.fromisoformat(at), int(kind), min(int(pk), 2**63 - 1))
    except ValueError:
        return None
    return place if place.at.tzinfo and 1900 < place.at.year < 3000 else None


def _roster(viewer: Standing) -> QuerySet[Any]:
    return history.timeline(viewer.team, viewer=viewer).annotate(happened_at=F("at"))


def _roster_entries(rows: list[Any], viewer: Standing) -> Iterable[Entry]:
    for step in history.steps(rows, viewer=viewer):
        yield Entry(step.change.at, "users", step.words, who=step.change.profile)


def _posts(viewer: Standing) -> QuerySet[Any]:
    posts = post_rules.posts_seen_by(viewer).published().select_related("team", "author__profile")
    return posts.annotate(happened_at=F("published_at"))


def _post_entries(rows: list[Any], viewer: Standing) -> Iterable[Entry]:
    for post in rows:
        words = "announced" if post.is_announcement else "posted"
        who = post.author.profile if post.author else None
        icon = "megaphone" if post.is_announcement else "message-circle"
        yield Entry(post.happened_at, icon, words, who=who, title=post.title, href=post.get_absolute_url())


def _results(viewer: Standing) -> QuerySet[Any]:
    played = results_of(viewer.team).counted()
    return played.annotate(happened_at=Cast("played_on", DateTimeField()))


def _result_entries(rows: list[Any], viewer: Standing) -> Iterable[Entry]:
    href = reverse("teams:results", args=[viewer.team.slug])
    for result in rows:
        words = f"{result.shown_placement} place in" if result.placement else "Played"
        yield Entry(result.happened_at, "trophy", words, title=result.tournament_name, href=href, whole_day=True)


def _achievements(viewer: Standing) -> QuerySet[Any]:
    shown = TeamAchievement.objects.kept().filter(team=viewer.team, status=TeamAchievement.Status.CONFIRMED)
    return shown.select_related("team").annotate(happened_at=Cast("achieved_on", DateTimeField()))


def _achievement_entries(rows: list[Any], viewer: Standing) -> Iterable[Entry]:
    for row in rows:
        yield Entry(row.happened_at, "award", "Achieved", title=row.title, href=row.get_absolute_url(), whole_day=True)


def _names(viewer: Standing) -> QuerySet[Any]:
    return PastName.objects.filter(team=viewer.team).annotate(happened_at=F("given_up_at"))


def _name_entries(rows: list[Any], viewer: Standing) -> Iterable[Entry]:
    for past in rows:
        yield Entry(past.given_up_at, "pencil", f"Gave up the name {past}")


RowsOf = Callable[[Standing], QuerySet[Any]]
EntriesOf = Callable[[list[Any], Standing], Iterable[Entry]]
# A kind's number is part of cursors: new ones go to the end.
KINDS: tuple[tuple[RowsOf, EntriesOf], ...] = (
    (_roster, _roster_entries),
    (_posts, _post_entries),
    (_results, _result_entries),
    (_achievements, _achievement_entries),
    (_names, _name_entries),
)

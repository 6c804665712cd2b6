"""What of practice counts for points."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from apps.corelib.ranking import ACTIVITY_DAYS
from apps.teams.constants import PRACTICE_COUNTED_FROM
from apps.teams.models import PracticeAnswer, PracticeSession, Team
from apps.teams.models.practice import PracticeQuerySet
from apps.teams.selectors.ranking_sources import Row, Source

Answer = PracticeAnswer.Answer


def source() -> Source:
    """What the ranking counts: days of the last month on which at least two members said they come."""
    return Source(("practices",), _count, _rows)


def _held(at: datetime) -> PracticeQuerySet:
    """One a day at the most, and never one that a captain planned for nobody: calendars are cheap to fill."""
    coming = (
        PracticeAnswer.objects.filter(session=OuterRef("pk"), answer=Answer.YES)
        .order_by()
        .values("session")
        .annotate(people=Count("pk"))
        .filter(people__gte=PRACTICE_COUNTED_FROM)
    )
    since = at - timedelta(days=ACTIVITY_DAYS)
    return PracticeSession.objects.planned().filter(Exists(coming), ends_at__gt=since, ends_at__lte=at)


def _count(at: datetime) -> QuerySet[Any, Any]:
    days = Count(TruncDate("ends_at", tzinfo=UTC), distinct=True)
    return _held(at).order_by().values("team_id").annotate(practices=days)


def _rows(team: Team, at: datetime) -> list[Row]:
    by_day: dict[date, PracticeSession] = {}
    for session in _held(at).filter(team=team).order_by("ends_at", "pk"):
        by_day.setdefault(session.ends_at.astimezone(UTC).date(), session)
    # Without a link or a title: the calendar is the members'.
    return [Row("practices", session.get_kind_display(), day) for day, session in sorted(by_day.items(), reverse=True)]

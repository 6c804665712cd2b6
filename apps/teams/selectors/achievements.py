"""A team's shelf as a page shows it, and what of it counts for points."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.core.errors import NotFound
from apps.teams import permissions
from apps.teams.constants import ACHIEVEMENT_UNDO
from apps.teams.models import Team, TeamAchievement
from apps.teams.permissions import Standing
from apps.teams.selectors.ranking_sources import Row, Source

Status = TeamAchievement.Status


@dataclass(frozen=True)
class Shelf:
    """What stands on it. ``rejected`` and ``removed`` are filled for those who keep it only."""

    earned: tuple[TeamAchievement, ...]
    told: tuple[TeamAchievement, ...]
    rejected: tuple[TeamAchievement, ...] = ()
    removed: tuple[TeamAchievement, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.earned or self.told or self.rejected or self.removed)


def shelf(viewer: Standing) -> Shelf:
    """Return the shelf as ``viewer`` may see it, newest first. One query: the limits keep it short."""
    keeper = permissions.can_manage_achievements(viewer)
    rows = viewer.team.achievements.order_by("-achieved_on", "-pk")
    if keeper:
        rows = rows.filter(Q(removed_at__isnull=True) | Q(removed_at__gte=timezone.now() - ACHIEVEMENT_UNDO))
    else:
        rows = rows.kept().exclude(status=Status.REJECTED)
    found = list(rows)
    for row in found:
        row.team = viewer.team  # their links need its slug
    kept = [row for row in found if row.removed_at is None]
    return Shelf(
        earned=tuple(row for row in kept if row.status == Status.CONFIRMED),
        told=tuple(row for row in kept if row.status == Status.UNCONFIRMED),
        rejected=tuple(row for row in kept if row.status == Status.REJECTED),
        removed=tuple(row for row in found if row.removed_at is not None),
    )


def achievement_of(team: Team, achievement_id: int) -> TeamAchievement:
    """Return an achievement of ``team``, whatever became of it. Raises ``NotFound``."""
    achievement = team.achievements.filter(pk=achievement_id).first()
    if achievement is None:
        raise NotFound("There is no such achievement.")
    achievement.team = team
    return achievement


def source() -> Source:
    """What the ranking counts: what staff confirmed and what results have reached."""
    return Source(("achievements",), _count, _rows)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _count(at: datetime) -> QuerySet[Any, Any]:
    counted = TeamAchievement.objects.counted(_day(at))
    return counted.order_by().values("team_id").annotate(achievements=Count("pk"))


def _rows(team: Team, at: datetime) -> list[Row]:
    found = []
    for achievement in TeamAchievement.objects.counted(_day(at)).filter(team=team):
        achievement.team = team
        found.append(Row("achievements", achievement.title, achievement.achieved_on, achievement.get_absolute_url()))
    return found

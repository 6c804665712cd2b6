"""The directory: which teams there are."""

from dataclasses import dataclass

from django.db.models import Q

from apps.teams import permissions
from apps.teams.models.team import TeamQuerySet
from apps.teams.permissions import Viewer


@dataclass(frozen=True)
class Filters:
    """What someone looks for. Empty means "any"."""

    search: str = ""
    game: str = ""
    recruiting: bool = False

    def __bool__(self) -> bool:
        return bool(self.search or self.game or self.recruiting)


def directory(*, viewer: Viewer, filters: Filters) -> TeamQuerySet:
    """Return the teams that ``viewer`` may see, newest first, with captain and ``member_count``."""
    teams = permissions.teams_seen_by(viewer).active().select_related("captain__user").with_member_count()
    if filters.search:
        folded = filters.search.lower()
        teams = teams.filter(Q(name_ci__contains=folded) | Q(tag_ci__startswith=folded))
    if filters.game:
        teams = teams.filter(game=filters.game)
    if filters.recruiting:
        teams = teams.filter(is_recruiting=True)
    return teams.order_by("-created_at", "-pk")

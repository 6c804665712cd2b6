"""The directory: which teams there are, in four orders; and what to do when there is none."""

from dataclasses import dataclass, fields, replace

from django.contrib.postgres.lookups import TrigramSimilar, TrigramWordSimilar
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Greatest

from apps.teams import permissions
from apps.teams.models import Team
from apps.teams.models.team import TeamQuerySet
from apps.teams.permissions import Viewer

NEWEST = "newest"
# Each ends with the id, so that it has one order only, and has its index.
SORTS = {
    NEWEST: ("-created_at", "-pk"),
    "points": ("-total_points", "-pk"),
    "members": ("-member_count", "-pk"),
    "name": ("name_ci", "pk"),
}
NEAREST = 6
LIKE_ENOUGH = 0.3  # of pg_trgm's word similarity: one wrong letter in a word of five


@dataclass(frozen=True)
class Filters:
    """What someone looks for, and in which order. Empty means "any"."""

    search: str = ""
    game: str = ""
    region: str = ""
    recruiting: bool = False
    verified: bool = False
    sort: str = ""

    def __bool__(self) -> bool:
        return bool(self.active)

    @property
    def active(self) -> tuple[str, ...]:
        """Return the names of what narrows the list."""
        return tuple(field.name for field in fields(self) if field.name != "sort" and getattr(self, field.name))

    @property
    def order(self) -> tuple[str, str]:
        return SORTS.get(self.sort, SORTS[NEWEST])

    def without(self, name: str) -> "Filters":
        return replace(self, **{name: type(getattr(self, name))()})

    def condition(self) -> Q:
        """Return what a team must be to stand on the list."""
        folded = self.search.lower()
        parts = {
            "search": Q(name_ci__contains=folded) | Q(tag_ci__startswith=folded),
            "game": Q(game=self.game),
            "region": Q(region=self.region),
            "recruiting": Q(is_recruiting=True),
            "verified": Q(is_verified=True),
        }
        found = Q()
        for name in self.active:
            found &= parts[name]
        return found


def directory(*, viewer: Viewer, filters: Filters) -> TeamQuerySet:
    """Return the teams that ``viewer`` may see, in the order of ``filters``, with their captain."""
    teams = permissions.teams_seen_by(viewer).active().select_related("captain__user")
    return teams.filter(filters.condition()).order_by(*filters.order)


def count(*, viewer: Viewer, filters: Filters) -> int:
    """Return how many there are. One query."""
    return permissions.teams_seen_by(viewer).active().filter(filters.condition()).count()


def loosened(*, viewer: Viewer, filters: Filters) -> dict[str, int]:
    """Return for each active filter how many teams there were without it, where there were any. One query."""
    counts = {f"without_{name}": Count("pk", filter=filters.without(name).condition()) for name in filters.active}
    found = permissions.teams_seen_by(viewer).active().aggregate(**counts) if counts else {}
    return {name.removeprefix("without_"): number for name, number in found.items() if number}


def nearest(*, viewer: Viewer, filters: Filters) -> list[Team]:
    """Return teams whose name or tag is nearly what was searched for, the nearest first, whatever else was asked.

    The index finds them by shared groups of three letters. SQLite has nothing of the kind: there, nobody is near.
    """
    folded = filters.search.lower()
    if len(folded) < 3 or connection.vendor != "postgresql":
        return []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
        return list(
            directory(viewer=viewer, filters=Filters())
            .filter(Q(TrigramWordSimilar(F("name_ci"), folded)) | Q(TrigramSimilar(F("tag_ci"), folded)))
            .annotate(nearness=Greatest(TrigramWordSimilarity(folded, "name_ci"), TrigramSimilarity("tag_ci", folded)))
            .order_by("-nearness", "name_ci", "pk")[:NEAREST]
        )

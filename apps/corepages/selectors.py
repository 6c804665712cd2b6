"""What the public pages read."""

from dataclasses import dataclass, replace
from typing import cast

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from apps.corepages.content import TOPICS, Topic
from apps.teams.models import Team
from apps.teams.models.team import TeamQuerySet
from apps.teams.selectors import leaderboards
from apps.user_profile.models import UserProfile

SHOWN = 6
TOP = 5


def find_answers(search: str) -> list[Topic]:
    """Return the topics with the answers that hold every word of ``search``, in question or answer."""
    words = search.casefold().split()
    if not words:
        return list(TOPICS)
    found = []
    for topic in TOPICS:
        answers = tuple(
            item for item in topic.answers if all(word in f"{item.question} {item.answer}".casefold() for word in words)
        )
        if answers:
            found.append(replace(topic, answers=answers))
    return found


@dataclass(frozen=True)
class Figures:
    """What the home page counts."""

    players: int
    teams: int
    recruiting: int
    games: int


def live_figures() -> Figures:
    """Return the figures of the home page, at most a minute old. One query when they are counted."""
    return cast("Figures", cache.get_or_set("corepages:figures", _count, timeout=60))


def _count() -> Figures:
    row = Team.objects.listed().aggregate(
        teams=Count("pk"), recruiting=Count("pk", filter=Q(is_recruiting=True)), games=Count("game", distinct=True)
    )
    return Figures(players=UserProfile.objects.filter(user__is_active=True).count(), **row)


def recruiting_teams() -> TeamQuerySet:
    """Return the newest public teams that look for players."""
    return _listed().filter(is_recruiting=True)[:SHOWN]


def newest_teams() -> TeamQuerySet:
    """Return the teams that everybody may see, newest first."""
    return _listed()[:SHOWN]


def top_teams() -> tuple[leaderboards.Line, ...]:
    """Return the first of the leaderboard: nobody before the first points."""
    return leaderboards.top_teams(TOP)


def public_teams() -> TeamQuerySet:
    """Return every team that search engines may know."""
    return Team.objects.listed().only("slug").order_by("pk")


def public_players() -> QuerySet[UserProfile]:
    """Return every player whose profile is not private."""
    return UserProfile.objects.filter(user__is_active=True, is_private=False).select_related("user").order_by("pk")


def _listed() -> TeamQuerySet:
    return Team.objects.listed().order_by("-created_at", "-pk")

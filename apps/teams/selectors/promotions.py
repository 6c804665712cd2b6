"""Promotions as pages show them. What runs is asked of the dates at every view."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from apps.core.errors import NotFound
from apps.teams.models import Team, TeamPromotion
from apps.teams.models.promotion import PromotionQuerySet

SHOWN = 3
LISTED = 10
Kind = TeamPromotion.Kind


@dataclass(frozen=True)
class Shown:
    """What a page puts forward: up to three teams of its own place, and the one in the spotlight."""

    promoted: tuple[TeamPromotion, ...] = ()
    spotlight: TeamPromotion | None = None


def shown_in(kind: str, at: datetime | None = None) -> Shown:
    """Return what runs in this place, paid ones first, then the latest, each with its team. One query.

    Only teams that everybody may see are put forward. Several in the spotlight take turns by the hour.
    """
    now = at or timezone.now()
    running = list(
        TeamPromotion.objects.running(now)
        .filter(kind__in=[kind, Kind.SPOTLIGHT], team__is_active=True, team__is_public=True)
        .select_related("team")
        .order_by("-price", "-starts_at", "-pk")  # what was paid for is shown, however much staff add for free
    )
    lit = sorted((promotion for promotion in running if promotion.kind == Kind.SPOTLIGHT), key=lambda lit: lit.pk)
    return Shown(
        promoted=tuple(promotion for promotion in running if promotion.kind == kind)[:SHOWN],
        spotlight=lit[int(now.timestamp()) // 3600 % len(lit)] if lit else None,
    )


def promotions_of(team: Team) -> PromotionQuerySet:
    """Return what was and will be promoted, latest first."""
    return team.promotions.order_by("-starts_at", "-pk")[:LISTED]


def promotion_of(team: Team, promotion_id: int) -> TeamPromotion:
    """Return a promotion of ``team``, whatever became of it. Raises ``NotFound``."""
    promotion = team.promotions.filter(pk=promotion_id).first()
    if promotion is None:
        raise NotFound("There is no such promotion.")
    return promotion

"""Promotions: staff put a team forward for a time; the calendar begins and ends it."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib.display_names import tidy
from apps.teams import permissions
from apps.teams.constants import PROMOTION_LIMIT
from apps.teams.models import TeamPromotion
from apps.teams.models.promotion import PromotionQuerySet
from apps.teams.selectors.promotions import overlapping
from apps.teams.services import sponsor_notices
from apps.teams.services.locks import lock_team

Status = TeamPromotion.Status


@transaction.atomic  # the admin calls it inside its own transaction
def schedule_promotion(
    *, actor: User, team_id: int, kind: str, starts_at: datetime, ends_at: datetime, headline: str = ""
) -> TeamPromotion:
    """Put the team forward in the place ``kind`` from ``starts_at`` until before ``ends_at``.

    Raises:
        PermissionRefused: The actor is not staff who may change promotions.
        NotFound: There is no such team, or it has disbanded.
        DomainError: A field is wrong; ``field`` names it.
        Conflict: The team has a promotion in this place then.
    """
    permissions.check_promote(actor)
    team = lock_team(team_id)
    promotion = TeamPromotion(
        team=team, kind=kind, headline=tidy(headline), starts_at=starts_at, ends_at=ends_at, created_by=actor
    )
    _check_fields(promotion)
    # The lock of the team makes this look safe: all promotions of one team are written under it.
    if overlapping(promotion).exists():
        raise Conflict(f"{team.name} has a promotion there at that time.", field="starts_at")
    promotion.save(force_insert=True)
    audit.record(
        actor=actor,
        action="team.promotion_scheduled",
        target=team,
        old={},
        new={"promotion": promotion.pk, "kind": kind, "starts_at": starts_at, "ends_at": ends_at},
    )
    sponsor_notices.tell_promotion_captain(promotion, "scheduled", actor=actor)
    return promotion


@transaction.atomic(durable=True)
def cancel_promotion(*, actor: User, promotion_id: int) -> TeamPromotion:
    """Take it down, or keep it from starting.

    Raises:
        PermissionRefused: The actor is not staff who may change promotions.
        NotFound: There is no such promotion.
        Conflict: It is over already.
    """
    permissions.check_promote(actor)
    promotion = (
        TeamPromotion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("team__captain__user")
        .filter(pk=promotion_id)
        .first()
    )
    if promotion is None:
        raise NotFound("There is no such promotion.")
    _move(actor, promotion, Status.CANCELLED)
    sponsor_notices.tell_promotion_captain(promotion, "cancelled", actor=actor)
    return promotion


def activate_scheduled_promotions() -> int:
    """Settle what has begun, tell the captains, and return how many there were.

    Pages don't wait for this: they go by the dates. Safe twice and at once, see ``_settle``.
    """
    return _settle(TeamPromotion.objects.due, Status.ACTIVE, "started")


def expire_promotions() -> int:
    """Settle what is over, tell the captains, and return how many there were."""
    return _settle(TeamPromotion.objects.overdue, Status.EXPIRED, "ended")


class PromotionService:
    """The acts under the name that the operations manual gives them."""

    schedule = staticmethod(schedule_promotion)
    cancel = staticmethod(cancel_promotion)
    activate_scheduled_promotions = staticmethod(activate_scheduled_promotions)
    expire_promotions = staticmethod(expire_promotions)


@transaction.atomic
def _settle(which: Callable[[], PromotionQuerySet], status: str, step: str) -> int:
    """Take each of these one step on. A second run waits for the locks of the first and then finds nothing to do."""
    settled = 0
    rows = which().select_related("team__captain__user")
    for promotion in rows.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        _move(None, promotion, status)
        sponsor_notices.tell_promotion_captain(promotion, step)
        settled += 1
    return settled


def _move(actor: User | None, promotion: TeamPromotion, status: str) -> None:
    """Take one step of the transition table and record it."""
    old = Status(promotion.status)
    if status not in TeamPromotion.TRANSITIONS[old]:
        raise Conflict(f"This promotion is over: {old.label.lower()}. It can't become {Status(status).label.lower()}.")
    promotion.status = status
    promotion.save(update_fields=["status"])
    audit.record(
        actor=actor,
        action=f"team.promotion_{status}",
        target=promotion.team,
        old={"promotion": promotion.pk, "status": old},
        new={"promotion": promotion.pk, "status": status},
    )


def _check_fields(promotion: TeamPromotion) -> None:
    """Raise the first thing that is wrong."""
    try:
        promotion.clean_fields(exclude=["team", "created_by"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise DomainError(messages[0], field=field) from error
    if promotion.ends_at <= promotion.starts_at:
        raise DomainError("The end comes before the start.", field="ends_at")
    if promotion.ends_at <= timezone.now():
        raise DomainError("The end is in the past.", field="ends_at")
    if promotion.ends_at - promotion.starts_at > PROMOTION_LIMIT:
        raise DomainError(f"At most {PROMOTION_LIMIT.days} days.", field="ends_at")

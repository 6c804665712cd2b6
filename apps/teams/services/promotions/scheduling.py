"""Staff put a team forward for a time, free of charge, and take promotions down."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import DomainError
from apps.corelib.display_names import tidy
from apps.teams import permissions
from apps.teams.constants import PROMOTION_LIMIT
from apps.teams.models import TeamPromotion
from apps.teams.selectors import promotion_calendar
from apps.teams.services import sponsor_notices
from apps.teams.services.locks import lock_team
from apps.teams.services.promotions.places import lock_place
from apps.teams.services.promotions.states import Status, give_back, lock_promotion, move, reason_of


@transaction.atomic  # the admin calls it inside its own transaction
def schedule_promotion(
    *, actor: User, team_id: int, kind: str, starts_at: datetime, ends_at: datetime, headline: str = ""
) -> TeamPromotion:
    """Put the team forward in the place ``kind`` from ``starts_at`` until before ``ends_at``.

    Raises:
        PermissionRefused: The actor is not staff who may change promotions.
        NotFound: There is no such team, or it has disbanded.
        DomainError: A field is wrong; ``field`` names it.
        Conflict: The team has a promotion in this place then, or a day is full.
    """
    permissions.check_promote(actor)
    team = lock_team(team_id)
    promotion = TeamPromotion(
        team=team, kind=kind, headline=tidy(headline), starts_at=starts_at, ends_at=ends_at, created_by=actor
    )
    _check_fields(promotion)
    promotion_calendar.check_room(lock_place(kind), promotion, field="starts_at")
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
def cancel_promotion(*, actor: User, promotion_id: int, reason: str = "") -> TeamPromotion:
    """Take it down, or keep it from starting. Of a paid one the days that have not begun are paid back.

    Raises:
        PermissionRefused: The actor is not staff who may change promotions.
        NotFound: There is no such promotion.
        DomainError: Somebody paid for it and there is no reason.
        Conflict: It is over already.
    """
    permissions.check_promote(actor)
    promotion = lock_promotion(promotion_id)
    money = ""
    if promotion.price and Status.CANCELLED in TeamPromotion.TRANSITIONS[Status(promotion.status)]:
        reason = reason_of(reason)
        money = give_back(actor, promotion, by_staff=True)
    move(actor, promotion, Status.CANCELLED, reason=reason)
    sponsor_notices.tell_promotion_captain(promotion, "cancelled", actor=actor, money=money)
    return promotion


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

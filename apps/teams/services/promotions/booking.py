"""A captain books a slot and pays with coins: set aside at once, taken when staff approve."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, rate_limit
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError
from apps.corelib.display_names import tidy
from apps.corelib.figures import coins
from apps.economy.services import hold
from apps.teams import permissions
from apps.teams.constants import PROMOTION_BOOKINGS_PER_DAY
from apps.teams.models import Team, TeamPromotion
from apps.teams.selectors import promotion_calendar, promotion_terms
from apps.teams.services.locks import lock_team
from apps.teams.services.promotions.places import lock_place
from apps.teams.services.promotions.states import Status, give_back, lock_paying_wallets, lock_promotion, move


@transaction.atomic(durable=True)
def book_promotion(
    *,
    actor: User,
    team_id: int,
    kind: str,
    first_day: date,
    days: int,
    expected_price: int,
    request_id: UUID,
    headline: str = "",
) -> TeamPromotion:
    """Ask staff for ``days`` days in the place ``kind`` and set the price aside in the captain's wallet.

    Sent again with the same ``request_id`` it is the same booking. ``expected_price`` (DC) is what was shown.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor is not its captain.
        DomainError: A field is wrong; ``field`` names it.
        Conflict: A day is full, the team stands there already, the team is private, or the price changed.
        NotEnoughCoins: The wallet has less to spend.
        RateLimited: More than twenty bookings within a day.
    """
    team = lock_team(team_id)
    standing = permissions.standing(actor, team)
    permissions.check_book_promotion(standing)
    if known := TeamPromotion.objects.filter(team=team, request_id=request_id).first():
        return known
    rate_limit.check("teams.book_promotion", key=str(actor.pk), limit=PROMOTION_BOOKINGS_PER_DAY, seconds=86_400)
    place = lock_place(kind)
    promotion_calendar.check_days(place, first_day=first_day, days=days)
    price = promotion_terms.price_of(place, days)
    promotion_calendar.check_bookable(team, place)
    if price != expected_price:
        raise Conflict(f"The price is {coins(price)} now. Look at it again before you pay.", code="price_changed")
    starts_at, ends_at = promotion_calendar.span(first_day, days)
    promotion = TeamPromotion(
        team=team,
        kind=kind,
        headline=_headline(headline),
        starts_at=starts_at,
        ends_at=ends_at,
        status=Status.REQUESTED,
        created_by=actor,
        request_id=request_id,
        price=price,
        payer=team.captain,
    )
    promotion_calendar.check_room(place, promotion, field="first_day")
    promotion.hold = hold(
        profile=team.captain,
        amount=price,
        cause=f"promotion:{request_id}",
        idempotency_key=f"promotion:{request_id}",
        actor=actor,
        lifetime=starts_at - timezone.now(),  # what nobody approved by its start is free again
    )
    with refusing({"teams_promotion_one_for_a_form": lambda: Conflict("This form was sent before. Open it again.")}):
        promotion.save(force_insert=True)
    audit.record(
        actor=actor,
        action="team.promotion_booked",
        target=team,
        old={},
        new={
            "promotion": promotion.pk,
            "kind": kind,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "price": price,
        },
    )
    return promotion


@transaction.atomic(durable=True)
def withdraw_promotion(*, actor: User, promotion_id: int) -> TeamPromotion:
    """End the team's own booking. ``promotion_terms`` says what comes back; the wallet that paid gets it.

    Raises:
        NotFound: There is no such booking, its team is gone or hidden from the actor.
        PermissionRefused: The actor is not the captain.
        Conflict: It is over already, or staff put it up for free.
    """
    team_id = TeamPromotion.objects.filter(pk=promotion_id).values_list("team_id", flat=True).first()
    permissions.check_book_promotion(permissions.standing(actor, lock_team(team_id or 0)))
    promotion = lock_promotion(promotion_id)
    if not promotion.price:
        raise Conflict("Staff put this up for free. Ask them to take it down.")
    if Status.CANCELLED in TeamPromotion.TRANSITIONS[Status(promotion.status)]:
        give_back(actor, promotion, by_staff=False)
    move(actor, promotion, Status.CANCELLED)
    return promotion


def end_bookings(*, actor: User | None, team: Team) -> None:
    """End what a disbanding team has booked, as its captain would. The caller holds the lock of ``team``."""
    mine = TeamPromotion.objects.filter(team=team, price__gt=0, status__in=["requested", "scheduled", "active"])
    promotions = [lock_promotion(pk) for pk in mine.order_by("pk").values_list("pk", flat=True)]
    lock_paying_wallets(promotions)
    for promotion in promotions:
        if Status.CANCELLED not in TeamPromotion.TRANSITIONS[Status(promotion.status)]:
            continue  # settled between the look and the lock
        give_back(actor, promotion, by_staff=False)
        move(actor, promotion, Status.CANCELLED, reason="The team disbanded.")


def _headline(text: str) -> str:
    line = tidy(text)
    if len(line) > 80:
        raise DomainError("At most 80 characters.", field="headline")
    return line

"""Points for what was bought and kept, and what becomes of them.

The first three join the caller's transaction. What an order is worth is computed anew each time, and only the
difference is posted, under the account's lock: said twice, or after a crash, it counts once.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.ecommerce.constants import ORDER_ALPHABET, CouponKind, Currency, PointKind, Status
from apps.ecommerce.models import Coupon, LoyaltyAccount, LoyaltyEntry, Order
from apps.ecommerce.selectors import loyalty as selectors


def on_completed(order: Order) -> LoyaltyEntry | None:
    """Give the points of a completed order. Without a running programme, none are given, and none later."""
    program = selectors.running()
    if program is None or order.status != Status.COMPLETED:
        return None
    account = lock_account(order.user_id)
    if before := _of(order, PointKind.EARNED).first():
        return before
    base = kept_poisha(order)
    points = selectors.points_for(base, program, selectors.tier_of(program, account.earned))
    if not points:
        return None
    return _post(account, PointKind.EARNED, points, order=order, base_poisha=base)


def on_refunded(order: Order) -> LoyaltyEntry | None:
    """Take back the points of what came back: in the same share as it stood in the order."""
    earned = _of(order, PointKind.EARNED).first()
    if earned is None or not earned.base_poisha:
        return None
    account = lock_account(order.user_id)
    taken = list(_of(order, PointKind.TAKEN_BACK).values_list("points", flat=True))
    still = earned.points * min(kept_poisha(order), earned.base_poisha) // earned.base_poisha
    too_many = earned.points + sum(taken) - still
    if too_many <= 0:
        return None
    return _post(account, PointKind.TAKEN_BACK, -too_many, order=order, occasion=str(len(taken) + 1))


def kept_poisha(order: Order) -> int:
    """Return what the goods are worth that were paid in taka, less discounts and what was cancelled or came back."""
    return sum(
        item.net * item.left // item.quantity for item in order.items.filter(currency=Currency.TAKA) if item.quantity
    )


@transaction.atomic
def redeem(*, actor: User, points: int, idempotency_key: str) -> Coupon:
    """Make points a coupon of the actor's own, good for one order. The same key gives the same coupon.

    Raises:
        PermissionRefused: The account is closed.
        Conflict: No programme runs, there are fewer points, or the key made another coupon.
        DomainError: Fewer points than the programme takes.
    """
    if not actor.is_active:
        raise PermissionRefused("Log in to redeem points.")
    if not 16 <= len(idempotency_key) <= 40 or not idempotency_key.isprintable():
        raise DomainError("This page is damaged. Reload it and try again.")
    account = lock_account(actor.pk)
    before = LoyaltyEntry.objects.filter(account=account, kind=PointKind.REDEEMED, occasion=idempotency_key)
    if done := before.select_related("coupon").first():
        if done.points != -points or done.coupon is None:
            raise Conflict("This page redeemed points already. Reload it to redeem more.")
        return done.coupon
    program = selectors.running()
    if program is None:
        raise Conflict("Points can't be redeemed at the moment. They stay yours.")
    if points < program.smallest_redemption:
        raise DomainError(f"Redeem at least {program.smallest_redemption} points.", field="points")
    if points > account.points:
        raise Conflict(f"You have {account.points:,} points.", field="points")
    coupon = Coupon.objects.create(
        code="PTS-" + "".join(secrets.choice(ORDER_ALPHABET) for _ in range(8)),
        kind=CouponKind.FIXED,
        amount_poisha=points * program.point_value_poisha,
        total_limit=1,
        owner=actor,
        ends_at=timezone.now() + timedelta(days=program.coupon_days),
    )
    _post(account, PointKind.REDEEMED, -points, coupon=coupon, occasion=idempotency_key)
    audit.record(actor=actor, action="loyalty.redeemed", target=coupon, new={"points": points})
    return coupon


def lock_account(user_id: int) -> LoyaltyAccount:
    """Lock a person's points, made with the first ones, until the transaction ends."""
    LoyaltyAccount.objects.bulk_create([LoyaltyAccount(user_id=user_id)], ignore_conflicts=True)
    return LoyaltyAccount.objects.select_for_update(of=("self",), no_key=True).get(user_id=user_id)


def _of(order: Order, kind: PointKind) -> QuerySet[LoyaltyEntry]:
    return LoyaltyEntry.objects.filter(order=order, kind=kind)


def _post(account: LoyaltyAccount, kind: PointKind, points: int, **about: Any) -> LoyaltyEntry:
    account.points += points
    if kind != PointKind.REDEEMED:
        account.earned = max(0, account.earned + points)
    account.save(update_fields=["points", "earned"])
    return LoyaltyEntry.objects.create(account=account, kind=kind, points=points, points_after=account.points, **about)

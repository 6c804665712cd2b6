"""Coupons at checkout: what one takes off, holding it for an order, and giving it back.

The quote is a promise of nothing: ``claim`` looks again, under the coupon's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, rate_limit
from apps.core.errors import Conflict, NotFound
from apps.corelib.figures import full_time, taka
from apps.corelib.typed import one_line
from apps.ecommerce.constants import CouponKind, Currency
from apps.ecommerce.models import Coupon, CouponUse, Order, Variant
from apps.ecommerce.permissions import Viewer

WRONG_CODES = 60  # of one person in an hour


class Line(Protocol):
    """A line of a cart as a coupon looks at it. ``poisha`` is nought when it is paid in coins."""

    @property
    def variant(self) -> Variant: ...

    @property
    def poisha(self) -> int: ...


@dataclass(frozen=True)
class CouponQuote:
    """What a coupon takes off. ``shares`` are the lines' parts of it, in their order: only of lines that it is for."""

    code: str
    discount_poisha: int
    shares: tuple[int, ...]


@dataclass(frozen=True)
class _Weighed:
    """A line of an order that exists."""

    variant: Variant
    poisha: int


def quote(*, code: str, user: Viewer, subtotal_poisha: int, lines: Sequence[Line]) -> CouponQuote:
    """Return what ``code`` takes off these lines now.

    Args:
        code: As it was typed; its case and spaces around it don't matter.
        user: Who would use it. A visitor's limit is looked at once they are logged in.
        subtotal_poisha: Of all goods in taka; the coupon's minimum is measured by it.

    Raises:
        NotFound: There is no such coupon, or it is somebody else's.
        RateLimited: The person tried many codes that don't exist.
        Conflict: It has ended or not begun, is used up, needs more, or is for other things. The message says which.
    """
    try:
        coupon = _find(code, user)
    except NotFound:
        # Codes are short enough to be guessed by a program: so many wrong ones, then a pause.
        rate_limit.check("ecommerce.coupon", key=str(user.pk), limit=WRONG_CODES, seconds=3600)
        raise
    _check_time(coupon, timezone.now())
    _check_limits(coupon, user)
    return _weigh(coupon, subtotal_poisha, lines)


def claim(*, order: Order, code: str, actor: User) -> CouponUse:
    """Hold the coupon for an order, in the caller's transaction. Claimed again for the same order: the first answer.

    The order and its lines are saved, ``discount_poisha`` with them. Of two people who want the last use one waits for
    the coupon's row and is refused then.

    Raises:
        NotFound, Conflict: As :func:`quote`; also when the discount is not what the order was told.
    """
    found = _find(code, actor)
    coupon = Coupon.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    if before := CouponUse.objects.filter(order=order).select_related("coupon").first():
        if before.coupon_id != coupon.pk:
            raise Conflict("This order has a coupon already.", field="coupon")
        return before
    if not coupon.is_active:
        raise _unknown(code)
    _check_time(coupon, timezone.now())
    _check_limits(coupon, actor)
    lines = [
        _Weighed(item.variant, item.total if item.currency == Currency.TAKA else 0)
        for item in order.items.select_related("variant__product")
    ]
    worth = _weigh(coupon, order.subtotal_poisha, lines).discount_poisha
    if worth != order.discount_poisha:
        raise Conflict(
            f"This coupon takes off {_taka(worth)} now, and you were told {_taka(order.discount_poisha)}. "
            "Look at your order once more.",
            field="coupon",
        )
    # The condition repeats the limit: should a lock ever be missing, the count still can't pass it.
    room = Q(total_limit__isnull=True) | Q(used__lt=F("total_limit"))
    if not Coupon.objects.filter(room, pk=coupon.pk).update(used=F("used") + 1):
        raise _used_up()
    use = CouponUse.objects.create(coupon=coupon, order=order, user=actor, discount_poisha=worth)
    audit.record(actor=actor, action="coupon.claimed", target=coupon, new={"order": order.number, "poisha": worth})
    return use


@transaction.atomic
def give_back(*, order: Order) -> bool:
    """Free the coupon that an order held, so that it can be used again. Return whether there was one to free.

    Given back twice, it is freed once.
    """
    freed = CouponUse.objects.filter(order=order, given_back_at=None).update(given_back_at=timezone.now())
    if not freed:
        return False
    use = CouponUse.objects.select_related("coupon").get(order=order)
    Coupon.objects.filter(pk=use.coupon_id).update(used=F("used") - 1)
    audit.record(actor=None, action="coupon.given_back", target=use.coupon, new={"order": order.number})
    return True


def _find(code: str, user: Viewer) -> Coupon:
    """Return a coupon that this person may know of."""
    plain = one_line(code).replace(" ", "")
    if not plain or len(plain) > 24:
        raise _unknown(code)
    coupon = Coupon.objects.filter(code__iexact=plain, is_active=True).first()
    if coupon is None or (coupon.owner_id is not None and coupon.owner_id != user.pk):
        raise _unknown(code)
    return coupon


def _unknown(code: str) -> NotFound:
    return NotFound(f"There is no coupon “{one_line(code)[:24]}”. Look at its letters again.", field="coupon")


def _used_up() -> Conflict:
    return Conflict("This coupon is used up.", field="coupon")


def _check_time(coupon: Coupon, now: datetime) -> None:
    if coupon.starts_at is not None and now < coupon.starts_at:
        raise Conflict(f"This coupon begins on {_spoken(coupon.starts_at)}.", field="coupon")
    if coupon.ends_at is not None and now >= coupon.ends_at:
        raise Conflict(f"This coupon ended on {_spoken(coupon.ends_at)}.", field="coupon")


def _check_limits(coupon: Coupon, user: Viewer) -> None:
    if coupon.total_limit is not None and coupon.used >= coupon.total_limit:
        raise _used_up()
    if coupon.per_user_limit is None or user.pk is None:
        return
    times = CouponUse.objects.filter(coupon=coupon, user_id=user.pk, given_back_at=None).count()
    if times >= coupon.per_user_limit:
        often = "once" if coupon.per_user_limit == 1 else f"{coupon.per_user_limit} times"
        raise Conflict(f"You used this coupon already; each person can {often}.", field="coupon")


def _weigh(coupon: Coupon, subtotal_poisha: int, lines: Sequence[Line]) -> CouponQuote:
    """Compute the discount and split it over the lines that the coupon is for."""
    counted = _counted(coupon, lines)
    base = sum(counted)
    if not subtotal_poisha:
        raise Conflict("A coupon takes something off prices in taka. You pay in DeltaCoin only.", field="coupon")
    if not base:
        raise Conflict(f"This coupon is for {_for_what(coupon)}. Nothing of that is in your cart.", field="coupon")
    if missing := max(0, coupon.minimum_poisha - subtotal_poisha):
        raise Conflict(
            f"This coupon needs goods for {_taka(coupon.minimum_poisha)}. {_taka(missing)} more, and it works.",
            field="coupon",
        )
    if coupon.kind == CouponKind.FIXED:
        worth = min(coupon.amount_poisha or 0, base)
    else:
        worth = base * (coupon.percent or 0) // 100
        worth = min(worth, coupon.most_poisha) if coupon.most_poisha else worth
    if not worth:
        raise Conflict("This coupon would take off less than a poisha.", field="coupon")
    return CouponQuote(coupon.code, worth, _split(worth, counted))


def _counted(coupon: Coupon, lines: Sequence[Line]) -> list[int]:
    """Return what each line weighs for this coupon: its poisha, or nothing when the coupon is not for it."""
    products = set(coupon.products.values_list("pk", flat=True))
    shelves = set(coupon.categories.values_list("pk", flat=True))
    anything = not products and not shelves
    return [
        line.poisha
        if anything or line.variant.product_id in products or line.variant.product.category_id in shelves
        else 0
        for line in lines
    ]


def _split(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split ``amount`` by weight to the last poisha; no part is larger than its weight."""
    whole, passed, given = sum(weights), 0, 0
    parts = []
    for weight in weights:
        passed += weight
        upto = amount * passed // whole
        parts.append(upto - given)
        given = upto
    return tuple(parts)


def _for_what(coupon: Coupon) -> str:
    names = [*coupon.categories.values_list("name", flat=True), *coupon.products.values_list("name", flat=True)]
    return ", ".join(names[:3]) + (" and others" if len(names) > 3 else "") or "goods in taka"


def _taka(poisha: int) -> str:
    return taka(Decimal(poisha) / 100)


def _spoken(at: datetime) -> str:
    return full_time(timezone.localtime(at))

"""A person's points: how many, which tier, and how they came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils import timezone

from apps.ecommerce.models import Coupon, CouponUse, LoyaltyAccount, LoyaltyEntry, LoyaltyProgram, LoyaltyTier, Order
from apps.ecommerce.permissions import Viewer


def running() -> LoyaltyProgram | None:
    """Return the programme that runs, with its tiers."""
    return LoyaltyProgram.objects.prefetch_related("tiers").filter(is_active=True).first()


def tier_of(program: LoyaltyProgram, earned: int) -> LoyaltyTier | None:
    """Return the highest tier that ``earned`` points reach, or None below the first."""
    reached = [tier for tier in program.tiers.all() if tier.from_points <= earned]
    return max(reached, key=lambda tier: tier.from_points, default=None)


def points_for(poisha: int, program: LoyaltyProgram, tier: LoyaltyTier | None) -> int:
    """Return the whole points for goods of so many poisha."""
    percent = tier.percent if tier else 100
    return poisha * program.points_per_100_taka * percent // (10_000 * 100)


@dataclass(frozen=True)
class Standing:
    """What a person has, and what is next."""

    program: LoyaltyProgram
    points: int
    earned: int
    tier: LoyaltyTier | None
    tiers: Sequence[LoyaltyTier]

    @property
    def next_tier(self) -> LoyaltyTier | None:
        return next((tier for tier in self.tiers if tier.from_points > self.earned), None)

    @property
    def missing(self) -> int:
        return self.next_tier.from_points - self.earned if self.next_tier else 0

    @property
    def worth_taka(self) -> Decimal:
        return Decimal(max(0, self.points) * self.program.point_value_poisha) / 100

    @property
    def can_redeem(self) -> bool:
        return self.points >= self.program.smallest_redemption

    def usable(self, poisha: int) -> int:
        """Return how many of the points take something off goods of so many poisha; nought when they are too few."""
        needed = -(-poisha // self.program.point_value_poisha)
        points = min(self.points, needed)
        return points if points >= self.program.smallest_redemption else 0

    def for_goods(self, poisha: int) -> int:
        """Return the points that goods of so many poisha would bring now."""
        return points_for(poisha, self.program, self.tier)


def standing(viewer: Viewer) -> Standing | None:
    """Return the viewer's points under the running programme; None when none runs."""
    program = running()
    if program is None or not viewer.is_authenticated:
        return None
    account = LoyaltyAccount.objects.filter(user=viewer.pk).first() or LoyaltyAccount()
    return Standing(
        program, account.points, account.earned, tier_of(program, account.earned), list(program.tiers.all())
    )


@dataclass(frozen=True)
class AtCheckout:
    """What the checkout says about points. ``usable`` is nought as long as a coupon is in the order: it takes one."""

    standing: Standing
    usable: int
    brings: int
    coupons: Sequence[Coupon]

    @property
    def usable_poisha(self) -> int:
        return self.usable * self.standing.program.point_value_poisha


def at_checkout(viewer: Viewer, *, goods_poisha: int, discount_poisha: int, coupon_code: str) -> AtCheckout | None:
    """Return what the viewer's points do for an order of goods of so many poisha; None when no programme runs."""
    found = standing(viewer)
    if found is None or not goods_poisha:
        return None
    return AtCheckout(
        standing=found,
        usable=0 if coupon_code else found.usable(goods_poisha),
        brings=found.for_goods(goods_poisha - discount_poisha),
        coupons=[coupon for coupon in own_coupons(viewer)[:5] if coupon.code != coupon_code],
    )


def points_of(order: Order) -> int:
    """Return the points that an order brought, less what was taken back."""
    return LoyaltyEntry.objects.filter(order=order).aggregate(points=Sum("points"))["points"] or 0


def entries(viewer: Viewer) -> QuerySet[LoyaltyEntry]:
    """Return the viewer's changes of points, newest first."""
    mine = LoyaltyEntry.objects.filter(account__user=viewer.pk)
    return mine.select_related("order", "coupon").order_by("-pk")


def own_coupons(viewer: Viewer) -> QuerySet[Coupon]:
    """Return the coupons that are the viewer's own and still good."""
    held = CouponUse.objects.filter(user=viewer.pk, given_back_at=None).values("coupon")
    good = Coupon.objects.filter(owner=viewer.pk, is_active=True, ends_at__gt=timezone.now()).exclude(pk__in=held)
    return good.order_by("ends_at")

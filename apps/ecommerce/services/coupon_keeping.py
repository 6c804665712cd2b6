"""Coupons, as staff make and change them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.constraints import Refusals, refusing
from apps.core.errors import Conflict, DomainError, NotFound
from apps.ecommerce import permissions
from apps.ecommerce.models import Category, Coupon, Product

FIELDS = (
    "code",
    "kind",
    "percent",
    "amount_poisha",
    "most_poisha",
    "minimum_poisha",
    "starts_at",
    "ends_at",
    "total_limit",
    "per_user_limit",
    "is_active",
)
_REFUSALS: Refusals = {
    "ecommerce_coupon_code": lambda: Conflict("Another coupon has this code.", field="code"),
    "ecommerce_coupon_takes_something_off": lambda: DomainError(
        "A percentage is from 1 to 100; a fixed amount is more than ৳0 and has no percentage.", field="kind"
    ),
    "ecommerce_coupon_minimum_possible": lambda: DomainError("That can't be less than ৳0.", field="minimum_poisha"),
    "ecommerce_coupon_ends_after_start": lambda: DomainError("It ends after it begins.", field="ends_at"),
    "ecommerce_coupon_not_used_up_twice": lambda: Conflict(
        "More orders hold it already than that. Switch it off instead.", field="total_limit"
    ),
    "ecommerce_coupon_limits_possible": lambda: DomainError("A limit is at least 1.", field="total_limit"),
}


class Values(TypedDict, total=False):
    """What staff say about a coupon. Money in poisha."""

    code: str
    kind: str
    percent: int | None
    amount_poisha: int | None
    most_poisha: int | None
    minimum_poisha: int
    starts_at: datetime | None
    ends_at: datetime | None
    total_limit: int | None
    per_user_limit: int | None
    is_active: bool


@transaction.atomic
def save_coupon(
    *,
    actor: User,
    coupon_id: int | None = None,
    products: Collection[Product] | None = None,
    categories: Collection[Category] | None = None,
    **values: Unpack[Values],
) -> Coupon:
    """Make a coupon, or change what is given. Orders that hold it keep their discount.

    Args:
        products: What it is for, besides ``categories``; None leaves it as it is, empty is everything.

    Raises:
        PermissionRefused: The actor does not keep coupons.
        DomainError: A value is not possible; ``field`` names it.
    """
    permissions.check_change_coupons(actor)
    coupon = _locked(coupon_id) if coupon_id else Coupon()
    given: dict[str, Any] = {**values}
    old = {name: getattr(coupon, name) for name, value in given.items() if getattr(coupon, name) != value}
    for name, value in given.items():
        setattr(coupon, name, value)
    _check(coupon)
    with refusing(_REFUSALS):
        coupon.save()
    if products is not None:
        coupon.products.set(products)
    if categories is not None:
        coupon.categories.set(categories)
    audit.record(
        actor=actor,
        action="coupon.changed" if coupon_id else "coupon.created",
        target=coupon,
        old=old if coupon_id else {},
        new={name: given[name] for name in old},
    )
    return coupon


def _locked(coupon_id: int) -> Coupon:
    coupon = Coupon.objects.select_for_update(of=("self",), no_key=True).filter(pk=coupon_id).first()
    if coupon is None:
        raise NotFound("There is no such coupon.")
    return coupon


def check_code(typed: str) -> str:
    """Return a code as it is kept.

    Raises:
        DomainError: Nobody could type it.
    """
    code = typed.strip().upper()
    if not (3 <= len(code) <= 24 and code.replace("-", "").isalnum() and code.isascii()):
        raise DomainError("A code has 3 to 24 Latin letters, digits and hyphens, such as EID-2026.", field="code")
    return code


def _check(coupon: Coupon) -> None:
    coupon.code = check_code(coupon.code)
    try:
        coupon.clean_fields()
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        raise DomainError(problems[0], field=field) from error

"""What people put into their cart. A cart reserves nothing and promises no price: the checkout looks again."""

from uuid import UUID, uuid4

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import rate_limit
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.ecommerce.constants import CART_LINES, QUANTITY, Currency
from apps.ecommerce.errors import SoldOut
from apps.ecommerce.models import Cart, CartItem, Variant
from apps.ecommerce.permissions import Viewer
from apps.ecommerce.selectors import carts

ACTS_PER_HOUR = 600


@transaction.atomic
def add(*, actor: Viewer, key: UUID | None, variant_id: int, quantity: int = 1, currency: str = "") -> Cart:
    """Put something into the cart; what lies there already gets more.

    Args:
        actor: A member, or a visitor.
        key: The visitor's cart; None makes one, whose ``key`` the caller keeps for them.
        currency: How it is to be paid; empty for taka, or for coins where there is no price in taka.

    Raises:
        NotFound: There is no such thing in the store.
        PermissionRefused: It is for members.
        SoldOut: There are fewer, or none.
        Conflict: The cart is full, or the limit for one person is reached.
        DomainError: A quantity or currency that is not possible.
    """
    check_quantity(quantity)
    variant = _sold(actor, variant_id)
    currency = _currency(variant, currency)
    rate_limit.check("ecommerce.cart", key=_pace_key(actor, key), limit=ACTS_PER_HOUR, seconds=3600)
    cart = _lock(actor, key, make=True)
    item = CartItem.objects.filter(cart=cart, variant=variant).first()
    lying = CartItem.objects.filter(cart=cart).count()
    if not lying and cart.checkout:  # what follows is another order: the address stays, what was said for the last not
        Cart.objects.filter(pk=cart.pk).update(checkout={**cart.checkout, "coupon": "", "note": ""})
    if item is None and lying >= CART_LINES:
        raise Conflict(f"A cart has room for {CART_LINES} different things. Order these first.")
    item = item or CartItem(cart=cart, variant=variant, quantity=0, currency=currency)
    wanted = item.quantity + quantity
    _check_can_have(actor, cart, variant, wanted)
    item.quantity = wanted
    item.save()
    _touch(cart)
    return cart


@transaction.atomic
def set_quantity(*, actor: Viewer, key: UUID | None, variant_id: int, quantity: int) -> None:
    """Say how many of something; 0 takes it out. Taken out twice, nothing happens. Raises as :func:`add`."""
    if quantity:
        check_quantity(quantity)
    cart = _lock(actor, key)
    item = CartItem.objects.filter(cart=cart, variant=variant_id).select_related("variant__product").first()
    if item is None:
        if quantity:
            raise NotFound("That is not in your cart any more.")
        return
    if not quantity:
        item.delete()
    else:
        if quantity > item.quantity:
            _check_can_have(actor, cart, item.variant, quantity)
        item.quantity = quantity
        item.save(update_fields=["quantity"])
    _touch(cart)


@transaction.atomic
def pay_with(*, actor: Viewer, key: UUID | None, variant_id: int, currency: str) -> None:
    """Choose taka or coins for one line.

    Raises:
        NotFound: It is not in the cart.
        Conflict: It has no price in these.
    """
    cart = _lock(actor, key)
    item = CartItem.objects.filter(cart=cart, variant=variant_id).select_related("variant__product").first()
    if item is None:
        raise NotFound("That is not in your cart any more.")
    item.currency = _currency(item.variant, currency or Currency.TAKA)
    item.save(update_fields=["currency"])
    _touch(cart)


@transaction.atomic
def merge(*, user: User, key: UUID) -> int:
    """Put what a visitor collected into their cart as a member; return how many lines came. Merged twice, it is once.

    Of what lies in both, the larger number stays: who collects the same on two devices does not want twice as many.
    What does not fit any more stays out.
    """
    mine = _lock(user, None, make=True)
    # Not locked by its owner but by its key: of two logins at once, one finds it gone.
    theirs = Cart.objects.select_for_update(of=("self",)).filter(key=key).first()
    if theirs is None:
        return 0
    have = {item.variant_id: item for item in mine.items.all()}
    came = 0
    for item in theirs.items.order_by("pk"):
        before = have.get(item.variant_id)
        if before is not None:
            CartItem.objects.filter(pk=before.pk).update(quantity=max(before.quantity, item.quantity))
        elif len(have) + came < CART_LINES:
            CartItem.objects.create(
                cart=mine, variant_id=item.variant_id, quantity=item.quantity, currency=item.currency
            )
            came += 1
    theirs.delete()
    _touch(mine)
    return came


def check_quantity(quantity: int) -> None:
    if type(quantity) is not int or not 1 <= quantity <= QUANTITY:
        raise DomainError(f"Choose a whole number from 1 to {QUANTITY}.", field="quantity")


def lock_member_cart(user: User) -> Cart:
    """Lock a member's cart, making it when there is none. All their checkouts come one after the other behind it."""
    return _lock(user, None, make=True)


def _lock(actor: Viewer, key: UUID | None, *, make: bool = False) -> Cart:
    if actor.is_authenticated:
        if not actor.is_active:
            raise PermissionRefused("This account is closed.")
        found = Cart.objects.select_for_update(of=("self",)).filter(user=actor.pk).first()
        if found is None and make:
            # Not get_or_create: of two first things at once the second waits for the first and finds its cart.
            Cart.objects.bulk_create([Cart(user_id=actor.pk)], ignore_conflicts=True)
            found = Cart.objects.select_for_update(of=("self",)).get(user=actor.pk)
    else:
        found = Cart.objects.select_for_update(of=("self",)).filter(key=key).first() if key else None
        if found is None and make:
            found = Cart.objects.create(key=uuid4())
    if found is None:
        raise NotFound("That is not in your cart any more.")
    return found


def _sold(actor: Viewer, variant_id: int) -> Variant:
    variant = Variant.objects.select_related("product").filter(pk=variant_id, is_active=True).first()
    if variant is None or not variant.product.is_published:
        raise NotFound("There is no such thing in the store.")
    if variant.product.member_only and not actor.is_authenticated:
        raise PermissionRefused("This is for members. Log in or sign up to buy it.")
    return variant


def _currency(variant: Variant, wanted: str) -> str:
    if wanted and wanted not in Currency.values:
        raise DomainError("Pay in taka or in coins.", field="currency")
    if not wanted:
        wanted = Currency.TAKA if carts.price_of(variant, Currency.TAKA) else Currency.COINS
    if carts.price_of(variant, wanted) is None:
        other = "taka" if wanted == Currency.COINS else "DeltaCoin"
        raise Conflict(f"This is sold for {other} only.", field="currency")
    return wanted


def _check_can_have(actor: Viewer, cart: Cart, variant: Variant, wanted: int) -> None:
    """Refuse early what the checkout would refuse. Nothing is locked: it may be gone by then all the same."""
    if wanted > QUANTITY:
        raise Conflict(f"An order has at most {QUANTITY} of one thing. For more, write to support.", field="quantity")
    left = carts.available(variant)
    if left is not None and left < wanted:
        raise SoldOut("Sold out." if left == 0 else f"There are only {left} left.", field="quantity")
    limit = variant.product.per_person
    if limit:
        others = CartItem.objects.filter(cart=cart, variant__product=variant.product_id).exclude(variant=variant.pk)
        in_cart = sum(others.values_list("quantity", flat=True))
        bought = carts.bought_before(actor, [variant.product_id]).get(variant.product_id, 0)
        if bought + in_cart + wanted > limit:
            raise Conflict(carts.limit_words(limit, bought), field="quantity")


def forget_count(cart: Cart) -> None:
    """Have the frame count anew once this is committed."""
    name = carts.count_key(cart.user_id, cart.key)
    transaction.on_commit(lambda: cache.delete(name))


def _touch(cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(updated_at=timezone.now())
    forget_count(cart)


def _pace_key(actor: Viewer, key: UUID | None) -> str:
    return f"user:{actor.pk}" if actor.is_authenticated else f"cart:{key}"

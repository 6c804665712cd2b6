"""Carts and orders for the tests, made the way buyers and staff make them."""

from itertools import count
from uuid import uuid4

from apps.corelib import bangladesh
from apps.ecommerce.models import Cart, Order, Payment, PayTo, Variant
from apps.ecommerce.payments import manual_provider
from apps.ecommerce.selectors import carts as selectors
from apps.ecommerce.services import cart as carts
from apps.ecommerce.services import orders, payments, pricing
from apps.ecommerce.services.checkout import place_order
from apps.ecommerce.services.judging import Details
from apps.economy.models import DeltaCrownWallet
from apps.economy.services import award

HOME = {
    "name": "Rafi Islam",
    "phone": "01712-345678",
    "district": "dhaka",
    "area": "Mirpur",
    "street": "House 12, Road 5",
    "postcode": "1216",
}
_numbers = count(1)


def details(provider="cod", **changes):
    return Details(**{**HOME, "provider": provider, **changes})


def one(product):
    """The only variant of a product."""
    return product.variants.get()


def put(user, *products, quantity=1, currency=""):
    for product in products:
        variant = product if isinstance(product, Variant) else one(product)
        carts.add(actor=user, key=None, variant_id=variant.pk, quantity=quantity, currency=currency)


def seen(user, wanted):
    """What the review page would show them now."""
    lines = selectors.lines(user, Cart.objects.get(user=user))
    district = bangladesh.find_district(wanted.district)
    return pricing.quote(
        user=user, lines=lines, district=district.code if district else "", coupon_code=wanted.coupon
    ).seen


def place(user, wanted=None, *, key="", saw=""):
    wanted = wanted or details()
    return place_order(actor=user, details=wanted, seen=saw or seen(user, wanted), idempotency_key=key or uuid4().hex)


def order(user, *products, provider="cod", quantity=1, currency="", **changes):
    put(user, *products, quantity=quantity, currency=currency)
    return place(user, details(provider, **changes))


def open_numbers():
    """Numbers that money can be sent to, for each provider."""
    for provider in ("bkash", "nagad", "rocket", "bank"):
        PayTo.objects.get_or_create(
            provider=provider, is_active=True, defaults={"number": "01811-000000", "holder": "DeltaCrown"}
        )


def a_trx_id(provider="bkash"):
    example = manual_provider(provider).example
    return f"{example[:-4]}{next(_numbers) + 1000}"


def tell(user, bought, trx_id="", sender="01712-345678", proof=None):
    told = payments.Told(trx_id=trx_id or a_trx_id(bought.provider), sender=sender, proof=proof)
    return payments.submit(actor=user, number=bought.number, told=told)


def give(user, amount):
    award(profile=user.profile, amount=amount, reason="winner", tell=False)


def balance(user):
    wallet = DeltaCrownWallet.objects.filter(profile=user.profile).first()
    return wallet.cached_balance if wallet else 0


def bring(staff, bought, *steps):
    """Take an order along its way."""
    for step in steps:
        orders.advance(actor=staff, number=bought.number, to=step)
    bought.refresh_from_db()
    return bought


def statuses(bought):
    return [event.to_status for event in bought.events.all()]


def state(*models):
    """What the tables hold, to prove that a refusal changed nothing."""
    watched = models or (Order, Payment, Variant, Cart)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in watched}

"""The tasks of the store, for tests/core/test_tasks_once.py."""

from datetime import timedelta

import httpx
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from apps.accounts.models import User
from apps.ecommerce.models import (
    Cart,
    Category,
    LoyaltyEntry,
    LoyaltyProgram,
    Order,
    OrderEvent,
    OrderItem,
    Payment,
    Product,
    StockAlert,
    Variant,
)
from apps.ecommerce.payments import PROVIDERS
from apps.ecommerce.payments.paypal import PayPal
from apps.ecommerce.services import cart as carts
from apps.notifications.models import Notification
from tests.ecommerce.buying import balance, give, open_numbers, order
from tests.once import Case, a_number, once
from tests.teams.people import make_user


@once("ecommerce.tell_back_in_stock", expects=(2, 0))
def two_who_wait() -> Case:
    number = a_number()
    shelf = Category.objects.create(name=f"Shelf {number}", slug=f"shelf-{number}")
    product = Product.objects.create(
        name=f"Thing {number}",
        slug=f"thing-{number}",
        kind="physical",
        category=shelf,
        summary="One line.",
        price_coins=5,
        is_published=True,
        published_at="2026-11-01T00:00Z",
    )
    variant = Variant.objects.create(product=product, sku=f"ONCE-{number}", stock=1)
    people = [make_user(f"waits{number}{letter}") for letter in "ab"]
    for user in people:
        StockAlert.objects.create(user=user, variant=variant)
    return Case(
        {"variant_id": variant.pk},
        effect=lambda: (
            Notification.objects.filter(recipient__in=people).count(),
            StockAlert.objects.filter(variant=variant, told_at=None).count(),
        ),
    )


def a_product(stock: int | None = 1, price_coins: int = 5) -> Variant:
    number = a_number()
    shelf = Category.objects.create(name=f"Shelf {number}", slug=f"shelf-{number}")
    product = Product.objects.create(
        name=f"Thing {number}",
        slug=f"thing-{number}",
        kind="physical",
        category=shelf,
        summary="One line.",
        price_poisha=10_000,
        price_coins=price_coins,
        is_published=True,
        published_at="2026-11-01T00:00Z",
    )
    return Variant.objects.create(product=product, sku=f"ONCE-{number}", stock=stock)


@once("ecommerce.expire_unpaid_orders", expects=(["cancelled", "cancelled", "pending"], 4, 1, 20))
def two_unpaid_orders_and_one_in_time() -> Case:
    open_numbers()
    taka, coins = a_product(stock=5), a_product(stock=1)
    people = [make_user(f"buys{a_number()}") for _ in range(3)]
    give(people[0], 20)
    carts.add(actor=people[0], key=None, variant_id=coins.pk, currency="coins")
    bought = [order(user, taka, provider="bkash") for user in people]
    late = [row.pk for row in bought[:2]]
    Order.objects.filter(pk__in=late).update(expires_at=timezone.now() - timedelta(minutes=1))
    return Case(
        {},
        effect=lambda: (
            sorted(Order.objects.filter(pk__in=[row.pk for row in bought]).values_list("status", flat=True)),
            Variant.objects.get(pk=taka.pk).stock,
            Variant.objects.get(pk=coins.pk).stock,
            balance(people[0]),
        ),
    )


def _paypal(request: httpx.Request) -> httpx.Response:
    """Has taken the money of every payment that it is asked about."""
    if request.url.path == "/v1/oauth2/token":
        return httpx.Response(200, json={"access_token": "token"})
    payment = request.url.path.split("/")[4].removeprefix("SCENARIO")
    amount = {"currency_code": "USD", "value": "11.43"}
    capture = {"status": "COMPLETED", "amount": amount, "custom_id": f"{payment}:11.43"}
    return httpx.Response(201, json={"purchase_units": [{"payments": {"captures": [capture]}}]})


@once("ecommerce.settle_paypal", expects=("confirmed", 140_000, 1))
def a_paypal_payment_whose_answer_was_lost() -> Case:
    provider = PROVIDERS["paypal"]
    assert isinstance(provider, PayPal)
    # For the rest of the run: no test may ask the real one anyway.
    provider._new_client = lambda: httpx.Client(transport=httpx.MockTransport(_paypal), base_url="https://paypal.test")
    bought = plain_order(make_user(f"pays{a_number()}"), a_product(stock=5), provider="paypal", status="pending")
    asked = timezone.now() - timedelta(hours=1)
    payment = Payment.objects.create(
        order=bought, provider="paypal", amount_poisha=140_000, state="submitted", submitted_at=asked
    )
    Payment.objects.filter(pk=payment.pk).update(reference=f"SCENARIO{payment.pk}")

    def effect() -> object:
        bought.refresh_from_db()
        confirmed = OrderEvent.objects.filter(order=bought, to_status="confirmed")
        return bought.status, bought.paid_poisha, confirmed.count()

    return Case({}, effect=effect)


@once("ecommerce.complete_delivered_orders", expects=(["completed", "delivered"], 14, 1, 1))
def an_order_of_last_week_and_one_of_today() -> Case:
    if not LoyaltyProgram.objects.filter(is_active=True).exists():
        LoyaltyProgram.objects.create(name="Crown", is_active=True)
    user, variant = make_user(f"kept{a_number()}"), a_product(stock=5)
    bought = [delivered_order(user, variant, days) for days in (8, 1)]
    return Case(
        {},
        effect=lambda: (
            sorted(Order.objects.filter(pk__in=[row.pk for row in bought]).values_list("status", flat=True)),
            sum(LoyaltyEntry.objects.filter(account__user=user).values_list("points", flat=True)),
            Notification.objects.filter(recipient=user, type="ecommerce.order_completed").count(),
            OrderEvent.objects.filter(order__in=bought, to_status="completed").count(),
        ),
    )


def delivered_order(user: User, variant: Variant, days_ago: int) -> Order:
    """Rows, because the database lets nobody change when something happened."""
    made = plain_order(user, variant, provider="cod", status="delivered", paid_poisha=140_000)
    at = timezone.now() - timedelta(days=days_ago)
    OrderEvent.objects.create(order=made, from_status="shipped", to_status="delivered", what="Delivered", at=at)
    return made


def plain_order(user: User, variant: Variant, **values: object) -> Order:
    """One thing for ৳1,400."""
    number = a_number()
    made = Order.objects.create(
        number=f"DC-{number:06}",
        user=user,
        contact_name="Rafi",
        phone="+8801712345678",
        subtotal_poisha=140_000,
        total_poisha=140_000,
        idempotency_key=f"scenario-of-orders-{number}",
        fingerprint="x",
        **values,
    )
    OrderItem.objects.create(
        order=made,
        variant=variant,
        product=variant.product,
        name="Thing",
        label="Standard",
        sku=variant.sku,
        kind="physical",
        currency="taka",
        unit_price=140_000,
        quantity=1,
    )
    return made


@once("ecommerce.delete_old_carts", expects=(0, 1))
def an_old_cart_and_a_new_one() -> Case:
    variant = a_product()
    old, new = (carts.add(actor=AnonymousUser(), key=None, variant_id=variant.pk) for _ in range(2))
    Cart.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=31))
    return Case(
        {},
        effect=lambda: (Cart.objects.filter(pk=old.pk).count(), Cart.objects.filter(pk=new.pk).count()),
    )

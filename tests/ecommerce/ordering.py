"""Orders in any state, written as rows: for tests of what stands around an order and not of its making."""

from itertools import count

from django.utils import timezone

from apps.ecommerce.models import Order, OrderEvent, OrderItem, Payment, PayTo

_numbers = count(1)
ADDRESS = {
    "contact_name": "Rafi Ahmed",
    "phone": "+8801712345678",
    "division": "dhaka",
    "district": "dhaka",
    "area": "Mirpur",
    "street": "House 12, Road 5",
}


def order_of(user, *variants, quantity=1, status="confirmed", provider="bkash", discount=0, **values):
    """An order for these variants at their product's price in taka; delivery is free."""
    number = next(_numbers)
    prices = [variant.price_poisha or variant.product.price_poisha for variant in variants]
    subtotal = sum(prices) * quantity
    order = Order.objects.create(
        number=f"DC-T{number:03}-{number % 90 + 10}",
        user=user,
        status=status,
        provider=provider,
        subtotal_poisha=subtotal,
        discount_poisha=discount,
        total_poisha=subtotal - discount,
        vat_poisha=(subtotal - discount) * 15 // 115,
        idempotency_key=f"test-{number}",
        fingerprint="x",
        **{**ADDRESS, **values},
    )
    for variant, price in zip(variants, prices, strict=True):
        OrderItem.objects.create(
            order=order,
            variant=variant,
            product=variant.product,
            name=variant.product.name,
            label=variant.label,
            sku=variant.sku,
            kind=variant.product.kind,
            currency="taka",
            unit_price=price,
            quantity=quantity,
        )
    OrderEvent.objects.create(order=order, to_status=status, actor=user, what="Ordered")
    return order


def payment_of(order, trx_id="9A7B3C1D2E", state="submitted", **values):
    """A payment that the buyer told of."""
    pay_to, _ = PayTo.objects.get_or_create(
        provider=order.provider, is_active=True, defaults={"number": "01700000000", "holder": "DeltaCrown"}
    )
    given = {
        "amount_poisha": order.total_poisha,
        "sender": "01712345678",
        "submitted_at": timezone.now(),
        "pay_to": pay_to,
        **values,
    }
    return Payment.objects.create(order=order, provider=order.provider, state=state, trx_id=trx_id, **given)

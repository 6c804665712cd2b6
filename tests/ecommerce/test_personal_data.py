"""What the store holds about a person: in their export, and gone when they leave."""

import json

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from apps.core import slots
from apps.ecommerce.models import (
    Address,
    Coupon,
    DigitalDelivery,
    LoyaltyEntry,
    Order,
    OrderItem,
    Payment,
    PaymentProof,
    Refund,
    Review,
    ReviewReport,
    StockAlert,
    Wish,
)
from apps.ecommerce.permissions import deletion_blockers
from apps.ecommerce.personal_data import personal_data, purge
from apps.ecommerce.services import drafts, orders, payments, refunds, statements
from tests.ecommerce.buying import bring, details, one, order, put, tell
from tests.ecommerce.test_statements import bring as bring_statement

pytestmark = pytest.mark.django_db

# Words that are nobody else's: after a purge none of them stands in any table of the store.
NAME, STREET, AREA, NOTE, SENDER, CODE = (
    "Zarif Quamrul",
    "Villa Xanadu 7",
    "Kuril",
    "Ring twice",
    "01899887766",
    "CODE-Q7",
)
MARKS = (NAME, STREET, AREA, NOTE, SENDER, SENDER[1:], CODE, "Lovely thing, I keep it", "It is rude and wrong")
# Tables of the store without a word about any person: goods, prices, rules.
ABOUT_NOBODY = {
    "BundlePart",
    "Brand",
    "Category",
    "LoyaltyProgram",
    "LoyaltyTier",
    "OrderPolicy",
    "PayTo",
    "Product",
    "ProductImage",
    "ShippingZone",
    "Statement",
    "Variant",
    "ZoneDistrict",
}
# Said by another table's part of the export.
WITHIN = {"Cart": "store_cart", "Reservation": "store_order_lines", "LoyaltyAccount": "store_points"}
EXPORTED = {
    "Address": "store_addresses",
    "CartItem": "store_cart",
    "Coupon": "store_coupons",
    "CouponUse": "store_coupon_uses",
    "DigitalDelivery": "store_digital_deliveries",
    "LoyaltyEntry": "store_points",
    "Order": "store_orders",
    "OrderEvent": "store_order_history",
    "OrderItem": "store_order_lines",
    "Payment": "store_payments",
    "PaymentProof": "store_payment_screenshots",
    "Refund": "store_refunds",
    "Review": "store_reviews",
    "ReviewReport": "store_review_reports",
    "StatementLine": "store_statement_lines",
    "StockAlert": "store_stock_alerts",
    "Wish": "store_wishes",
}
HOME = {"name": NAME, "phone": SENDER, "area": AREA, "street": STREET, "note": NOTE}


@pytest.fixture
def settled(shop, rafi, mim, numbers, packer, refunder):
    """Rafi with something in every table: an order that came, was found by statement, and went back in part."""
    coupon = Coupon.objects.create(code="MINE", kind="fixed", amount_poisha=5_000, owner=rafi)
    cap = shop.product("Cap", stock=9, price_poisha=75_000)
    code = shop.product("Code", stock=9, price_poisha=20_000, kind="digital")
    put(rafi, cap, quantity=2)
    bought = order(rafi, code, provider="bkash", coupon=coupon.code, **HOME)
    payment = tell(rafi, bought, "DKT7J2MQ4X", sender=SENDER)
    PaymentProof.objects.create(payment=payment, image=b"a screenshot")
    paid = payment.amount_poisha / 100
    line = bring_statement(packer, f"DKT7J2MQ4X,{paid:.2f},{SENDER},{NAME},").lines.get()
    statements.confirm_match(actor=packer, line_id=line.pk, payment_id=payment.pk)
    items = {item.product_id: item for item in bought.items.all()}
    DigitalDelivery.objects.create(item=items[code.pk], text=CODE, delivered_by=packer)
    bring(packer, bought, "processing", "shipped", "delivered", "completed")
    orders.take_back(actor=refunder, number=bought.number, lines={items[cap.pk].pk: 1}, why="One of them is torn")
    bought.refresh_from_db()
    give_back(refunder, bought)
    Review.objects.create(product=cap, user=rafi, item=items[cap.pk], stars=5, text="Lovely thing, I keep it.")
    other = OrderItem.objects.get(order=order(mim, code, provider="bkash"))
    theirs = Review.objects.create(product=code, user=mim, item=other, stars=1, text="Not what I wanted at all.")
    ReviewReport.objects.create(review=theirs, reporter=rafi, reason="It is rude and wrong")
    Wish.objects.create(user=rafi, product=cap)
    StockAlert.objects.create(user=rafi, variant=one(cap))
    Address.objects.create(user=rafi, name=NAME, phone=f"+88{SENDER}", district="dhaka", area=AREA, street=STREET)
    put(rafi, cap)
    drafts.keep(actor=rafi, details=details("bkash", **HOME))
    return bought


def give_back(refunder, bought):
    refunds.record_refund(
        actor=refunder,
        number=bought.number,
        amount_poisha=bought.owed_back_poisha,
        provider="bkash",
        reference="DKT7J2MQ4Z",
        reason="One of them is torn",
        idempotency_key="a-refund-of-one-cap",
    )


def standing():
    """The words of ``MARKS`` that stand in any column of any table of the store, with where."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_app_config("ecommerce").get_models():
            cursor.execute(f"SELECT row_to_json(t)::text FROM {model._meta.db_table} t")
            for (row,) in cursor.fetchall():
                found |= {(model.__name__, mark) for mark in MARKS if mark in row}
    return found


def test_every_table_of_the_store_is_exported_or_about_nobody():
    """A new table says here where its words about a person are exported."""
    tables = {model.__name__ for model in apps.get_app_config("ecommerce").get_models()}
    assert tables == ABOUT_NOBODY | EXPORTED.keys() | WITHIN.keys()
    assert personal_data in slots.fillings("personal_data")
    assert purge in slots.fillings("account_purge")


def test_the_export_has_something_of_every_table(settled, rafi):
    told = personal_data(rafi)
    for name, part in {**EXPORTED, **WITHIN}.items():
        assert told[part], name
    text = json.dumps(told, cls=DjangoJSONEncoder)
    assert [mark for mark in MARKS if mark not in text] == []
    assert told["store_checkout_details"][0]["street"] == STREET


def test_the_export_of_another_person_has_none_of_it(settled, mim):
    text = json.dumps(personal_data(mim), cls=DjangoJSONEncoder)
    assert [mark for mark in MARKS if mark in text] == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="row_to_json is PostgreSQL's")
def test_who_leaves_leaves_no_word_and_the_books_stay(settled, rafi, mim):
    money = ("subtotal_poisha", "paid_poisha", "refunded_poisha", "waived_poisha", "status", "number")
    before = list(Order.objects.filter(user=rafi).values(*money))
    payments_before = list(Payment.objects.values("amount_poisha", "state", "trx_id"))
    points = list(LoyaltyEntry.objects.values())
    assert {mark for _, mark in standing()} == set(MARKS)
    purge(rafi)
    purge(rafi)  # killed half-way it runs again
    assert standing() == set()
    assert list(Order.objects.filter(user=rafi).values(*money)) == before
    assert list(Payment.objects.values("amount_poisha", "state", "trx_id")) == payments_before
    assert (list(LoyaltyEntry.objects.values()), Refund.objects.count()) == (points, 1)
    assert (PaymentProof.objects.count(), Review.objects.get().user) == (0, mim)


def test_who_waits_for_an_order_a_payment_or_money_can_not_leave_yet(shop, rafi, numbers, packer, refunder):
    assert deletion_blockers(rafi) == []
    bought = order(rafi, shop.product(), provider="bkash")
    payment = tell(rafi, bought)
    assert bought.number in deletion_blockers(rafi)[0]
    orders.cancel(actor=rafi, number=bought.number)
    assert bought.number in deletion_blockers(rafi)[0]  # the money may be there
    payments.verify(actor=packer, payment_id=payment.pk)
    bought.refresh_from_db()
    assert (bought.owed_back_poisha > 0, bool(deletion_blockers(rafi))) == (True, True)
    give_back(refunder, bought)
    assert deletion_blockers(rafi) == []
    assert bought.created_at <= timezone.now()

"""The store's demo: every page and figure has something to show, and a second loading changes nothing."""

import pytest
from django.core.management import call_command

from apps.accounts.models import User
from apps.ecommerce.constants import Status
from apps.ecommerce.models import Address, Coupon, DigitalDelivery, Order, Review, StatementLine
from apps.ecommerce.selectors import desk, loyalty, payment_queue, reviews, statements

pytestmark = pytest.mark.django_db


def test_every_page_has_something_to_show():
    call_command("seed_demo", verbosity=0)
    rafi = User.objects.get(username="rafi")

    assert set(Order.objects.values_list("status", flat=True)) == set(Status.values)
    assert {order.status for order in Order.objects.filter(user=rafi)} >= {"pending", "delivered", "refunded"}
    assert list(Order.objects.order_by("pk")) == list(Order.objects.order_by("created_at", "pk"))
    assert Address.objects.filter(user=rafi).count() == 2
    assert {coupon.is_active for coupon in Coupon.objects.all()} == {True, False}
    assert loyalty.standing(rafi).can_redeem
    assert loyalty.own_coupons(rafi).exists()
    assert set(Review.objects.values_list("state", flat=True)) == {"pending", "published", "rejected"}
    assert {bool(review.open_reports) for review in reviews.queue()} == {True, False}
    assert [payment.on_statement for payment in payment_queue.queue()].count(True) == 1
    matches = statements.matches(statements.open_lines())
    assert [(match.sure, match.differs, match.untold) for match in matches] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert StatementLine.objects.filter(payment=None).count() == 4
    assert DigitalDelivery.objects.filter(item__order__user=rafi).exists()
    assert desk.desk_orders(desk.Filters(money="owed")).count() == 2
    assert (bool(desk.pick_list()), desk.low_stock().exists()) == (True, True)
    figures = desk.figures(30)
    assert len(figures.busy_days) > 20
    assert min(figures.total_poisha, figures.total_orders, sum(day.returned_poisha for day in figures.days)) > 0

"""Delivered orders that complete by themselves, as if the buyer had clicked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.ecommerce.models import LoyaltyEntry, Order, OrderEvent, OrderPolicy
from apps.ecommerce.services import completion, desk, order_keeping, orders, refunds
from apps.notifications.models import Notification
from tests.ecommerce.buying import bring, order
from tests.ecommerce.conftest import staff_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(shop, rafi, packer):
    bought = order(rafi, shop.product(stock=9, price_poisha=75_000), quantity=2)
    return bring(packer, bought, "confirmed", "processing", "shipped", "delivered")


@pytest.fixture
def manager(db):
    return staff_with("manager", "change_orderpolicy", "view_orderpolicy")


def after(days, monkeypatch):
    """Run it as if so many days had passed."""
    later = timezone.now() + timedelta(days=days)
    with monkeypatch.context() as patched:
        patched.setattr(completion.timezone, "now", lambda: later)
        return completion.complete_delivered_orders()


def test_after_seven_quiet_days_it_is_completed_as_by_click(delivered, rafi, monkeypatch):
    assert after(6.9, monkeypatch) == 0
    assert [after(7.1, monkeypatch), after(7.1, monkeypatch)] == [1, 0]
    delivered.refresh_from_db()
    last = delivered.events.last()
    assert (delivered.status, last.what, last.actor) == ("completed", "Completed by itself", None)
    assert LoyaltyEntry.objects.get().order == delivered
    told = Notification.objects.get(recipient=rafi, type="ecommerce.order_completed")
    assert "A review helps others choose" in told.body


def test_the_click_gives_the_same(delivered, rafi):
    orders.confirm_received(actor=rafi, number=delivered.number)
    assert LoyaltyEntry.objects.get().order == delivered
    assert "A review helps others choose" in Notification.objects.get(type="ecommerce.order_completed").body


def test_what_is_on_its_way_or_refunded_stays(shop, rafi, packer, refunder, delivered, monkeypatch):
    orders.take_back(actor=refunder, number=delivered.number, lines=None, why="All of it came back")
    bring(packer, order(rafi, shop.product()), "confirmed", "processing", "shipped")
    assert after(400, monkeypatch) == 0
    assert set(Order.objects.values_list("status", flat=True)) == {"refunded", "shipped"}


def test_as_long_as_money_is_owed_back_it_waits(delivered, refunder, monkeypatch):
    line = delivered.items.get()
    orders.take_back(actor=refunder, number=delivered.number, lines={line.pk: 1}, why="One of them is torn")
    assert after(400, monkeypatch) == 0
    refunds.record_refund(
        actor=refunder,
        number=delivered.number,
        amount_poisha=75_000,
        provider="bkash",
        reference="DKT7J2MQ4X",
        reason="One of them is torn",
        idempotency_key="a-refund-of-one-shirt",
    )
    assert after(8, monkeypatch) == 1


def test_what_happens_to_it_begins_the_days_anew_and_a_note_does_not(delivered, packer, monkeypatch):
    days = timezone.now() + timedelta(days=5)
    OrderEvent.objects.create(order=delivered, to_status="delivered", what="Note", is_internal=True, at=days)
    assert not completion.complete_quiet(delivered.number, timezone.now() - timedelta(days=7))
    OrderEvent.objects.create(order=delivered, to_status="delivered", what="Came back: a part", at=days)
    assert after(8, monkeypatch) == 0
    assert after(13, monkeypatch) == 1


def test_a_note_of_staff_does_not_keep_it_open(delivered, packer, monkeypatch):
    desk.add_note(actor=packer, number=delivered.number, note="Rang them: all is well.")
    assert after(8, monkeypatch) == 1


@pytest.mark.parametrize(("days", "passed", "completed"), [(3, 4, 1), (30, 8, 0), (0, 400, 0)])
def test_staff_say_after_how_many_days(delivered, manager, monkeypatch, days, passed, completed):
    for _ in range(2):
        order_keeping.save_policy(actor=manager, complete_after_days=days)
    assert AuditEvent.objects.filter(action="order_policy.changed").count() == 1
    assert after(passed, monkeypatch) == completed


@pytest.mark.parametrize("days", [-1, 91, 1.5, "7", True])
def test_other_days_are_refused(manager, days):
    with pytest.raises(DomainError) as refused:
        order_keeping.save_policy(actor=manager, complete_after_days=days)
    assert (refused.value.field, OrderPolicy.objects.count()) == ("complete_after_days", 0)


def test_only_who_may_changes_it(packer, rafi):
    for actor in (packer, rafi):
        with pytest.raises(PermissionRefused):
            order_keeping.save_policy(actor=actor, complete_after_days=3)
    assert not OrderPolicy.objects.exists()


def test_staff_set_it_in_the_admin(client, manager, settings):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(manager)
    client.post(reverse("admin:ecommerce_orderpolicy_add"), {"complete_after_days": "3"})
    page = reverse("admin:ecommerce_orderpolicy_change", args=[1])
    assert client.post(page, {"complete_after_days": "91"}).status_code == 200
    assert client.get(reverse("admin:ecommerce_orderpolicy_add")).status_code == 403
    assert OrderPolicy.objects.get().complete_after_days == 3
    client.post(page, {"complete_after_days": "14"})
    assert OrderPolicy.objects.get().complete_after_days == 14

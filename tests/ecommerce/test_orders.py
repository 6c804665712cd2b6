"""Orders on their way: each step checked, told and written down; cancelled and returned to the last poisha."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from apps.core.errors import DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.ecommerce.constants import TRANSITIONS, Status
from apps.ecommerce.errors import NotPossibleNow, OrderKeyReused
from apps.ecommerce.models import Order, OrderEvent, OrderItem, Refund, Reservation
from apps.ecommerce.permissions import deletion_blockers
from apps.ecommerce.services import orders, payments, refunds, variants, wishes
from apps.notifications.models import Notification
from tests.ecommerce.buying import balance, bring, details, give, one, order, place, put, state, statuses, tell

pytestmark = pytest.mark.django_db
WAY = ("confirmed", "processing", "shipped", "delivered", "completed")


@pytest.fixture
def bought(shop, rafi):
    return order(rafi, shop.product("Cap", stock=9, price_poisha=10_000), quantity=3)


def stock_of(bought):
    return list(bought.items.order_by("pk").values_list("variant__stock", flat=True))


def test_the_whole_way_is_written_down_and_told(bought, packer, rafi):
    bring(packer, bought, *WAY)
    assert statuses(bought) == ["pending", "confirmed", "processing", "shipped", "delivered", "delivered", "completed"]
    assert {event.actor_id for event in bought.events.all()[1:]} == {packer.pk}
    told = set(Notification.objects.filter(recipient=rafi).values_list("type", flat=True))
    assert told == {f"ecommerce.order_{word}" for word in ("placed", *WAY)}
    assert AuditEvent.objects.filter(action__startswith="order.", target_id=str(bought.pk)).count() == 6


@pytest.mark.parametrize("at", [*WAY[:-1], "pending", "completed", "cancelled", "refunded"])
@pytest.mark.parametrize("to", ["confirmed", "processing", "shipped", "delivered", "completed"])
def test_only_steps_of_the_table_are_taken(bought, packer, at, to):
    Order.objects.filter(pk=bought.pk).update(status=at)
    bought.refresh_from_db()
    if at == to or Status(to) in TRANSITIONS[Status(at)]:
        assert bring(packer, bought, to).status == to
        return
    before = state(Order, OrderEvent)
    with pytest.raises(NotPossibleNow, match="it does not go to"):
        bring(packer, bought, to)
    assert state(Order, OrderEvent) == before


@pytest.mark.parametrize("to", ["", "pending", "cancelled", "refunded", "lost"])
def test_what_is_no_step_is_refused(bought, packer, to):
    with pytest.raises(DomainError, match="not a step"):
        orders.advance(actor=packer, number=bought.number, to=to)


def test_only_who_processes_orders_moves_them(bought, rafi, clerk, packer):
    before = state(Order, OrderEvent)
    for actor in (rafi, clerk):
        with pytest.raises(PermissionRefused):
            orders.advance(actor=actor, number=bought.number, to="confirmed")
    with pytest.raises(PermissionRefused):
        orders.take_back(actor=packer, number=bought.number, lines=None, why="All of it came back")
    assert state(Order, OrderEvent) == before


def test_unpaid_is_not_confirmed_by_hand(shop, rafi, packer, numbers):
    unpaid = order(rafi, shop.product(), provider="bkash")
    with pytest.raises(NotPossibleNow, match="Money is missing"):
        bring(packer, unpaid, "confirmed")


def test_the_whole_order_cancelled_gives_back_everything_once(bought, rafi):
    for _ in range(2):
        orders.cancel(actor=rafi, number=bought.number, why="Changed my mind")
    bought.refresh_from_db()
    assert (bought.status, bought.due_poisha, bought.waived_poisha) == ("cancelled", 0, bought.total_poisha)
    assert stock_of(bought) == [9]
    assert Reservation.objects.get().given_back == 3
    assert statuses(bought) == ["pending", "cancelled"]


def test_parts_come_to_exactly_what_the_whole_cost(shop, rafi, numbers, packer):
    """Of three for ৳333.33 with a discount that does not divide, one by one."""
    bought = order(rafi, shop.product(stock=9, price_poisha=33_333), quantity=3)
    OrderItem.objects.filter(order=bought).update(discount_poisha=1_000)
    Order.objects.filter(pk=bought.pk).update(
        discount_poisha=1_000, total_poisha=bought.total_poisha - 1_000, vat_poisha=0
    )
    item = bought.items.get()
    waived = []
    for _ in range(3):
        orders.cancel(actor=rafi, number=bought.number, lines={item.pk: 1})
        bought.refresh_from_db()
        waived.append(bought.waived_poisha)
    assert waived == [32_999, 65_999, 98_999 + 6_000]  # the postage goes with the last one
    assert (bought.status, bought.due_poisha, stock_of(bought)) == ("cancelled", 0, [9])


def test_cancelling_what_was_to_be_paid_confirms_the_rest(shop, rafi, numbers):
    give(rafi, 100)
    frame = shop.product("Frame", kind="digital", stock=None, price_poisha=None, price_coins=60)
    topup = shop.product("Diamonds", kind="digital", stock=None, price_poisha=9_500)
    put(rafi, frame, topup)
    bought = place(rafi, details("bkash"))
    line = bought.items.get(currency="taka")
    orders.cancel(actor=rafi, number=bought.number, lines={line.pk: 1})
    bought.refresh_from_db()
    assert (bought.status, bought.due_poisha, balance(rafi)) == ("confirmed", 0, 40)


def test_coins_of_cancelled_lines_are_back_at_once(shop, rafi):
    give(rafi, 1_000)
    frame = shop.product("Frame", stock=9, kind="digital", price_poisha=None, price_coins=100)
    bought = order(rafi, frame, quantity=5)
    item = bought.items.get()
    orders.cancel(actor=rafi, number=bought.number, lines={item.pk: 2})
    assert balance(rafi) == 700
    orders.cancel(actor=rafi, number=bought.number)
    bought.refresh_from_db()
    assert (balance(rafi), bought.refunded_coins, bought.status) == (1_000, 500, "cancelled")
    assert list(Refund.objects.values_list("amount_coins", flat=True)) == [200, 300]


@pytest.mark.parametrize("lines", [{}, {0: 1}, "too many", "negative", "part of one"])
def test_what_can_not_be_cancelled_changes_nothing(bought, rafi, lines):
    item = bought.items.get()
    wanted = {"too many": {item.pk: 4}, "negative": {item.pk: -1}, "part of one": {item.pk: 1.5}}.get(str(lines), lines)
    before = state(Order, OrderItem, OrderEvent, Reservation)
    with pytest.raises(DomainError) as refused:
        orders.cancel(actor=rafi, number=bought.number, lines=wanted)
    assert (refused.value.field, state(Order, OrderItem, OrderEvent, Reservation)) == ("lines", before)


def test_the_buyer_cancels_until_it_is_packed(bought, rafi, packer, mim):
    with pytest.raises(NotFound):
        orders.cancel(actor=mim, number=bought.number)
    bring(packer, bought, "confirmed", "processing")
    with pytest.raises(PermissionRefused, match="too late"):
        orders.cancel(actor=rafi, number=bought.number)
    with pytest.raises(DomainError, match="Tell the buyer why"):
        orders.cancel(actor=packer, number=bought.number)
    orders.cancel(actor=packer, number=bought.number, why="The parcel was torn")
    bought.refresh_from_db()
    assert (bought.status, stock_of(bought)) == ("cancelled", [9])


def test_a_parcel_that_nobody_took_comes_back(bought, packer):
    bring(packer, bought, "confirmed", "processing", "shipped")
    orders.cancel(actor=packer, number=bought.number, why="Nobody opened the door")
    bought.refresh_from_db()
    assert (bought.status, bought.due_poisha, bought.paid_poisha, stock_of(bought)) == ("cancelled", 0, 0, [9])


def test_what_was_delivered_is_returned_and_not_cancelled(bought, packer, refunder, rafi):
    bring(packer, bought, *WAY[:4])
    with pytest.raises(NotPossibleNow, match="returned, not cancelled"):
        orders.cancel(actor=packer, number=bought.number, why="Came back today")
    item = bought.items.get()
    orders.take_back(actor=refunder, number=bought.number, lines={item.pk: 1}, why="A hole in it", restock=False)
    orders.take_back(actor=refunder, number=bought.number, lines={item.pk: 1}, why="Too small for him")
    bought.refresh_from_db()
    assert (bought.status, bought.owed_back_poisha, stock_of(bought)) == ("delivered", 20_000, [7])
    orders.take_back(actor=refunder, number=bought.number, lines=None, why="And the last one")
    bought.refresh_from_db()
    assert (bought.status, bought.owed_back_poisha, stock_of(bought)) == ("refunded", 30_000, [8])


def send_back(refunder, bought, **changes):
    given = {
        "amount_poisha": 10_000,
        "provider": "bkash",
        "reference": "DKT7J2MQ4X",
        "reason": "Came back whole",
        "idempotency_key": "a-key-of-the-form-1",
    }
    return refunds.record_refund(actor=refunder, number=bought.number, **{**given, **changes})


def test_taka_sent_back_are_counted_once(bought, packer, refunder, rafi):
    bring(packer, bought, *WAY[:4])
    orders.take_back(actor=refunder, number=bought.number, lines={bought.items.get().pk: 2}, why="Two came back")
    assert send_back(refunder, bought).pk == send_back(refunder, bought).pk
    bought.refresh_from_db()
    assert (bought.refunded_poisha, bought.owed_back_poisha) == (10_000, 10_000)
    with pytest.raises(OrderKeyReused):
        send_back(refunder, bought, amount_poisha=5_000)
    assert Notification.objects.get(type="ecommerce.money_returned").title == f"Order {bought.number}: ৳100 sent back"


def test_nobody_counts_the_cash_of_their_own_order_as_received(shop, packer, refunder):
    mine = order(packer, shop.product())
    bring(packer, mine, *WAY[:3])
    with pytest.raises(PermissionRefused, match="your own order"):
        bring(packer, mine, "delivered")
    mine.refresh_from_db()
    assert (mine.status, mine.paid_poisha) == ("shipped", 0)
    bring(refunder, mine, "delivered")
    mine.refresh_from_db()
    assert (mine.status, mine.due_poisha) == ("delivered", 0)


def test_nobody_sends_back_the_money_of_their_own_order(bought, packer, refunder, rafi):
    bring(packer, bought, *WAY[:4])
    orders.take_back(actor=refunder, number=bought.number, lines={bought.items.get().pk: 2}, why="Two came back")
    rafi.is_staff = True
    rafi.save()
    rafi.user_permissions.set(Permission.objects.filter(codename__in=("process_order", "refund_order")))
    with pytest.raises(PermissionRefused, match="your own order"):
        send_back(rafi, bought)
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_poisha": 20_001}, "amount_poisha"),
        ({"amount_poisha": 0}, "amount_poisha"),
        ({"amount_poisha": -5}, "amount_poisha"),
        ({"provider": "coins"}, "provider"),
        ({"provider": "gold"}, "provider"),
        ({"reference": " "}, "reference"),
        ({"reason": "no"}, "reason"),
    ],
)
def test_a_refund_that_can_not_be_changes_nothing(bought, packer, refunder, changes, field):
    bring(packer, bought, *WAY[:4])
    orders.take_back(actor=refunder, number=bought.number, lines={bought.items.get().pk: 2}, why="Two came back")
    before = state(Order, Refund)
    with pytest.raises(DomainError) as refused:
        send_back(refunder, bought, **changes)
    assert (refused.value.field, state(Order, Refund)) == (field, before)
    with pytest.raises(PermissionRefused):
        send_back(packer, bought)


def test_the_buyer_says_that_it_is_there(bought, packer, rafi, mim):
    with pytest.raises(NotPossibleNow):
        orders.confirm_received(actor=rafi, number=bought.number)
    bring(packer, bought, *WAY[:4])
    with pytest.raises(NotFound):
        orders.confirm_received(actor=mim, number=bought.number)
    for _ in range(2):
        orders.confirm_received(actor=rafi, number=bought.number)
    bought.refresh_from_db()
    assert bought.status == "completed"


def test_history_is_never_changed(bought):
    for act in (lambda: OrderEvent.objects.update(what="Nothing"), lambda: OrderEvent.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_poisha": 1},
        {"paid_poisha": 10**9},
        {"refunded_poisha": 1},
        {"waived_poisha": -1},
        {"status": "lost"},
        {"discount_poisha": 10**9},
    ],
)
def test_the_database_refuses_money_that_can_not_be(bought, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=bought.pk).update(**wrong)


def test_an_account_with_an_open_order_waits_for_it(bought, rafi):
    assert deletion_blockers(rafi) == [f"Order {bought.number} is not finished. Cancel it, or wait until it is there."]
    orders.cancel(actor=rafi, number=bought.number)
    assert deletion_blockers(rafi) == []


def test_stock_that_is_not_counted_any_more_takes_nothing_back(bought, shop, rafi):
    variant = bought.items.get().variant
    variants.set_stock(actor=shop.keeper, variant_id=variant.pk, stock=None)
    orders.cancel(actor=rafi, number=bought.number)
    assert one(variant.product).stock is None


def test_who_waits_hears_when_a_cancelled_order_brings_it_back(shop, rafi, mim, django_capture_on_commit_callbacks):
    last = shop.product("Cap", stock=1)
    bought = order(rafi, last)
    wishes.ask_alert(actor=mim, variant_id=one(last).pk)
    with django_capture_on_commit_callbacks(execute=True):
        orders.cancel(actor=rafi, number=bought.number)
    assert Notification.objects.filter(recipient=mim, type="ecommerce.back_in_stock").count() == 1


def test_a_payment_being_checked_stays_when_a_part_is_cancelled(shop, rafi, packer, numbers):
    bought = order(rafi, shop.product(stock=5, price_poisha=50_000), provider="bkash", quantity=2)
    payment = tell(rafi, bought)
    orders.cancel(actor=rafi, number=bought.number, lines={bought.items.get().pk: 1})
    payments.verify(actor=packer, payment_id=payment.pk)
    bought.refresh_from_db()
    assert (bought.status, bought.paid_poisha, bought.owed_back_poisha) == ("confirmed", 106_000, 50_000)

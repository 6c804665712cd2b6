"""The order desk: finding, stepping on, in bulk with a look first, notes, digital goods, picking, figures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent, Job
from apps.ecommerce.errors import NotPossibleNow
from apps.ecommerce.models import DigitalDelivery, Order, OrderEvent, OrderItem, Refund
from apps.ecommerce.selectors import desk as selectors
from apps.ecommerce.selectors.desk import Filters
from apps.ecommerce.services import desk, orders, payments, refunds
from apps.notifications.models import Notification
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.ordering import order_of, payment_of
from tests.ecommerce.shop import Shop
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def packer(db, settings):
    settings.ADMIN_REQUIRE_MFA = False  # test_desk_matrix proves the second factor
    return staff_with("packer", "process_order")


@pytest.fixture
def refunder(db, settings):
    settings.ADMIN_REQUIRE_MFA = False
    return staff_with("refunder", "refund_order")


@pytest.fixture
def cap(shop):
    return shop.product("Cap", price_poisha=145_000, stock=90).variants.select_related("product").get()


@pytest.fixture
def code(shop):
    return shop.product("Diamonds", kind="digital", stock=None).variants.select_related("product").get()


def found(**filters):
    return set(selectors.desk_orders(Filters(**filters)))


def status():
    return Order.objects.order_by("-pk").values_list("status", flat=True)[0]


def test_an_order_is_found_by_what_people_say(rafi, cap):
    mine = order_of(rafi, cap, status="pending")
    payment_of(mine, "9A7B3C1D2E")
    other = order_of(make_user("mim"), cap, phone="+8801899999999", contact_name="Mim Akter", district="sylhet")
    for typed in (mine.number, mine.number[-4:], "01712-345678", "৮৮০১৭১২৩৪৫৬৭৮", "9a7b3c1d2e", "rafi", "ahmed"):
        assert found(search=typed) == {mine}, typed
    assert found(search="nobody") == set()
    assert (found(status="pending"), found(district="sylhet"), found(money="checked")) == ({mine}, {other}, {mine})
    assert (found(provider="cod"), found(age="day")) == (set(), set())
    Order.objects.filter(pk=other.pk).update(
        created_at=timezone.now() - timedelta(days=2), paid_poisha=145_000, waived_poisha=1
    )
    assert (found(age="day"), found(age="three"), found(money="owed")) == ({other}, set(), {other})


def test_the_list_costs_the_same_however_long(client, packer, rafi, cap, django_assert_max_num_queries):
    client.force_login(packer)
    costs = []
    for _ in range(3):
        for _ in range(4):
            order_of(rafi, cap)
        client.get("/crownstore/desk/")
        with django_assert_max_num_queries(30) as queries:
            client.get("/crownstore/desk/")
        costs.append(len(queries))
    assert len(set(costs)) == 1
    # Session and user 2, rights 2, profile, bell and cart 4, what waits, orders, their lines.
    assert costs[0] <= 13


def test_a_bulk_is_looked_at_first_and_one_refusal_leaves_the_others(client, packer, rafi, cap):
    ready, packed, gone = (
        order_of(rafi, cap),
        order_of(rafi, cap, status="processing"),
        order_of(rafi, cap, status="cancelled"),
    )
    numbers = [order.number for order in (ready, packed, gone)]
    client.force_login(packer)
    looked = client.post(reverse("ecommerce:desk_bulk"), {"number": numbers, "to": "processing"})
    assert [outcome.number for outcome in looked.context["going"]] == [ready.number, packed.number]
    assert [outcome.number for outcome in looked.context["refused"]] == [gone.number]
    ready.refresh_from_db()
    assert (
        ready.status,
        Notification.objects.count(),
        AuditEvent.objects.filter(action__startswith="order").count(),
    ) == ("confirmed", 0, 0)

    client.post(reverse("ecommerce:desk_bulk"), {"number": numbers, "to": "processing", "sure": "1"})
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == [
        "processing",
        "processing",
        "cancelled",
    ]
    with pytest.raises(Conflict, match="At most 100"):
        desk.advance_many(actor=packer, numbers=[f"DC-{number}" for number in range(101)], to="processing")


def test_nonsense_in_a_bulk_does_nothing(client, packer, rafi, cap):
    number = order_of(rafi, cap).number
    client.force_login(packer)
    for given in ({}, {"number": number}, {"number": number, "to": "cancelled"}, {"to": "processing"}):
        assert client.post(reverse("ecommerce:desk_bulk"), given | {"sure": "1"}).status_code == 302
    assert status() == "confirmed"


def test_an_order_goes_its_way_by_plain_forms(client, packer, rafi, cap):
    number = order_of(rafi, cap).number
    client.force_login(packer)
    page = client.get(reverse("ecommerce:desk_order", args=[number])).content.decode()
    assert "Start packing" in page
    assert "Mark as delivered" not in page
    step = reverse("ecommerce:desk_step", args=[number])
    client.post(step, {"to": "processing"})
    client.post(step, {"to": "shipped", "courier": "Pathao", "tracking_number": "PT-77"})
    wrong = client.post(step, {"to": "confirmed"})
    assert (wrong.status_code, "does not go to" in wrong.content.decode()) == (422, True)
    long = client.post(step, {"to": "delivered", "why": "x" * 400})
    assert (long.status_code, list(long.context["step_form"].errors)) == (422, ["why"])
    assert (status(), Order.objects.get().tracking_number) == ("shipped", "PT-77")
    client.post(step, {"to": "delivered"})
    assert status() == "delivered"


def test_a_note_is_for_staff_only(client, packer, rafi, cap):
    number = order_of(rafi, cap).number
    client.force_login(packer)
    client.post(reverse("ecommerce:desk_note", args=[number]), {"note": "Rang twice, nobody there."})
    assert "Rang twice" in client.get(reverse("ecommerce:desk_order", args=[number])).content.decode()
    client.force_login(rafi)
    assert "Rang twice" not in client.get(reverse("ecommerce:order", args=[number])).content.decode()
    with pytest.raises(PermissionRefused):
        desk.add_note(actor=rafi, number=number, note="Me, too.")
    with pytest.raises(DomainError):
        desk.add_note(actor=packer, number=number, note=" ")


def test_a_code_is_on_the_buyers_page_and_in_no_mail(
    client, packer, rafi, code, mailoutbox, django_capture_on_commit_callbacks
):
    order = order_of(rafi, code, status="processing", needs_shipping=False)
    Order.objects.update(paid_poisha=order.total_poisha)
    deliver = reverse("ecommerce:desk_deliver", args=[order.number, order.items.get().pk])
    client.force_login(packer)
    given = {f"deliver-{order.items.get().pk}-text": "SECRET-CODE-1"}
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(deliver, given)
    assert DigitalDelivery.objects.count() == 1
    [told] = Notification.objects.filter(recipient=rafi)
    assert (told.title, "SECRET" in told.body) == ("Diamonds is there", False)
    trail = (
        str(list(AuditEvent.objects.values()))
        + str(list(OrderEvent.objects.values()))
        + str([mail.body for mail in mailoutbox])
    )
    assert "SECRET" not in trail + str(list(Job.objects.values_list("args")))

    page = reverse("ecommerce:order", args=[order.number])
    for user, sees in ((rafi, True), (make_user("mim"), False)):
        client.force_login(user)
        assert ("SECRET-CODE-1" in client.get(page).content.decode()) == sees


def test_nothing_digital_is_given_before_it_is_paid_or_to_a_parcel(packer, rafi, cap, code):
    unpaid = order_of(rafi, code, status="confirmed", needs_shipping=False)
    parcel = order_of(rafi, cap)
    Order.objects.filter(pk=parcel.pk).update(paid_poisha=parcel.total_poisha)
    for order, text, error in (
        (unpaid, "CODE", "not paid"),
        (parcel, "CODE", "Nothing of this line"),
        (unpaid, " ", "Write the code"),
    ):
        with pytest.raises(DomainError, match=error):
            desk.deliver_digital(actor=packer, number=order.number, item_id=order.items.get().pk, text=text)
    with pytest.raises(NotFound):
        desk.deliver_digital(actor=packer, number=unpaid.number, item_id=parcel.items.get().pk, text="CODE")
    assert not DigitalDelivery.objects.exists()


def test_what_comes_back_is_refunded_once_and_not_more(client, refunder, rafi, cap):
    order = order_of(rafi, cap, quantity=2, status="delivered")
    Order.objects.update(paid_poisha=order.total_poisha)
    item = order.items.get()
    client.force_login(refunder)
    back = reverse("ecommerce:desk_return", args=[order.number])
    short = client.post(back, {"return-why": "no"})
    assert (short.status_code, list(short.context["return_form"].errors)) == (422, ["why"])
    client.post(back, {f"return-line-{item.pk}": "1", "return-why": "Too small.", "return-restock": "on"})
    order.refresh_from_db()
    assert (order.owed_back_poisha, order.status) == (145_000, "delivered")

    pay = reverse("ecommerce:desk_refund", args=[order.number])
    given = {"provider": "bkash", "reference": "9A7B3C1D2E", "reason": "Too small.", "idempotency_key": "k" * 32}
    much = client.post(pay, given | {"amount_taka": "1450.01"})
    assert (much.status_code, list(much.context["refund_form"].errors)) == (422, ["amount_taka"])
    for _ in range(2):
        client.post(pay, given | {"amount_taka": "1450"})
    order.refresh_from_db()
    assert (order.refunded_poisha, order.owed_back_poisha, Refund.objects.count()) == (145_000, 0, 1)


def test_the_pick_list_takes_bundles_apart_and_leaves_out_what_is_not_sent(client, shop, packer, rafi, cap, code):
    bundle = shop.product("Bundle", kind="bundle", stock=9).variants.select_related("product").get()
    part = bundle.product.parts.get()
    part.quantity = 3
    part.save()
    first = order_of(rafi, cap, bundle, code, quantity=2)
    order_of(rafi, cap, status="processing")
    order_of(rafi, cap, status="pending")
    OrderItem.objects.filter(order=first, variant=cap).update(cancelled_quantity=1)
    picked = {pick.sku: (pick.quantity, len(pick.orders)) for pick in selectors.pick_list()}
    assert picked == {cap.sku: (2, 2), part.variant.sku: (6, 1)}
    client.force_login(packer)
    assert f"{first.number} × 6" in client.get("/crownstore/desk/picking/").content.decode()


def test_low_stock_says_what_sells_and_who_waits(shop, rafi):
    full, few, none = (shop.product(name, stock=stock).variants.get() for name, stock in (("A", 9), ("B", 5), ("C", 0)))
    order_of(rafi, few, quantity=3)
    assert [(row.pk, row.sold) for row in selectors.low_stock()] == [(none.pk, None), (few.pk, 3)]
    assert full not in selectors.low_stock()


def test_a_day_is_dhakas_and_adds_up(client, packer, rafi, cap):
    order = order_of(rafi, cap, status="pending")
    payments.verify(actor=packer, payment_id=payment_of(order).pk)
    order_of(rafi, cap, status="cancelled")
    figures = selectors.figures(7)
    today = figures.days[0]
    assert (today.day, today.orders, today.taken_poisha) == (timezone.localdate(), 1, 145_000)
    assert (figures.total_taka, len(figures.days), figures.by_provider[0].label) == ("৳1,450", 7, "bKash")
    client.force_login(packer)
    assert "৳1,450" in client.get("/crownstore/desk/figures/?days=7").content.decode()
    assert client.get("/crownstore/desk/figures/?days=x").context["days"] == 30


def test_a_double_is_shown_to_who_looks(client, packer, rafi, cap):
    first = payment_of(order_of(rafi, cap, status="pending"), "AAAA1111BB")
    double = payment_of(order_of(rafi, cap, status="pending"), "BBBB1111CC")
    client.force_login(packer)
    page = client.get(reverse("ecommerce:desk_payment", args=[double.pk])).content.decode()
    assert "It looks like another payment" in page
    assert "AAAA1111BB" in page
    assert first.order.number in page


def test_a_claimed_payment_is_left_to_who_claimed_it(client, packer, rafi, cap):
    payment = payment_of(order_of(rafi, cap, status="pending"))
    client.force_login(staff_with("colleague", "process_order"))
    client.post(reverse("ecommerce:desk_claim", args=[payment.pk]))
    client.force_login(packer)
    page = client.get(reverse("ecommerce:desk_payment", args=[payment.pk])).content.decode()
    assert "@colleague is looking at this one" in page
    assert "The money is there" not in page
    for name in ("desk_claim", "desk_verify"):
        client.post(reverse(f"ecommerce:{name}", args=[payment.pk]))
    client.post(reverse("ecommerce:desk_reject", args=[payment.pk]), {"reason": "Not on our list."})
    payment.refresh_from_db()
    assert (payment.state, payment.claimed_by.username) == ("submitted", "colleague")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_staff_at_once_decide_and_give_back_once():
    cap = (
        Shop(make_user("boss", is_staff=True, is_superuser=True)).product(price_poisha=145_000, stock=9).variants.get()
    )
    order = order_of(make_user("rafi"), cap, status="pending")
    payment = payment_of(order)
    staff = [staff_with(f"desk{number}", "process_order", "refund_order") for number in range(4)]
    verifying = [lambda who=who: payments.verify(actor=who, payment_id=payment.pk) for who in staff[:2]]
    rejecting = [
        lambda who=who: payments.reject(actor=who, payment_id=payment.pk, reason="Not there.") for who in staff[2:]
    ]
    ended = at_once(*verifying, *rejecting)
    payment.refresh_from_db()
    order.refresh_from_db()
    assert sum(ended.values()) == 4
    assert (payment.state, order.paid_poisha) in (("verified", 145_000), ("rejected", 0))
    assert ended["done"] == 2

    Order.objects.filter(pk=order.pk).update(status="delivered", paid_poisha=145_000)
    lines = {order.items.get().pk: 1}
    returning = [
        lambda who=who: orders.take_back(actor=who, number=order.number, lines=lines, why="It broke.") for who in staff
    ]
    assert at_once(*returning) == {"done": 1, "NotPossibleNow": 3}

    def paying(who, key):
        return lambda: refunds.record_refund(
            actor=who,
            number=order.number,
            amount_poisha=145_000,
            provider="bkash",
            reference="R1",
            reason="It broke.",
            idempotency_key=key,
        )

    assert at_once(*[paying(who, who.username) for who in staff]) == {"done": 1, NotPossibleNow.__name__: 3}
    assert Order.objects.get().refunded_poisha == 145_000

"""Money of an order: told, found, not found, counted once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.ecommerce.errors import NotPossibleNow, TrxIdTaken
from apps.ecommerce.models import Order, Payment
from apps.ecommerce.payments import manual_provider
from apps.ecommerce.services import orders, payments
from apps.ecommerce.services.expiry import expire, expire_unpaid_orders
from apps.notifications.models import Notification
from tests.ecommerce.buying import a_trx_id, bring, give, order, put, state, statuses, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def unpaid(shop, rafi, numbers):
    return order(rafi, shop.product(stock=5, price_poisha=75_000), provider="bkash")


def late(bought):
    Order.objects.filter(pk=bought.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_a_found_payment_confirms_the_order_once(unpaid, rafi, packer):
    payment = tell(rafi, unpaid)
    for _ in range(2):
        payments.verify(actor=packer, payment_id=payment.pk)
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha, unpaid.due_poisha) == ("confirmed", 81_000, 0)
    assert statuses(unpaid) == ["pending", "pending", "pending", "confirmed"]
    assert AuditEvent.objects.filter(action="payment.verified").count() == 1
    assert Notification.objects.filter(recipient=rafi, type="ecommerce.order_confirmed").count() == 1


def test_a_rejected_payment_has_its_reason_and_a_second_try(unpaid, rafi, packer):
    payment = tell(rafi, unpaid, "DKT7J2MQ4X")
    for _ in range(2):
        payments.reject(actor=packer, payment_id=payment.pk, reason="The list has no such TrxID.")
    unpaid.refresh_from_db()
    left = unpaid.expires_at - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)
    assert list(unpaid.payments.values_list("state", flat=True)) == ["open", "rejected"]
    assert "The list has no such TrxID" in Notification.objects.get(type="ecommerce.payment_rejected").body

    again = tell(rafi, unpaid, "DKT7J2MQ4X")  # the list came later: the same one is free again
    payments.verify(actor=packer, payment_id=again.pk)
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha) == ("confirmed", 81_000)


def test_told_twice_is_told_once(unpaid, rafi):
    assert tell(rafi, unpaid, "DKT7J2MQ4X").pk == tell(rafi, unpaid, "dkt7j2mq4x ").pk
    with pytest.raises(NotPossibleNow, match="We look for DKT7J2MQ4X already"):
        tell(rafi, unpaid, "DKT7J2MQ4Y")


def test_a_trx_id_pays_for_one_order_whatever_its_case(shop, unpaid, rafi, mim):
    tell(rafi, unpaid, "DKT7J2MQ4X")
    other = order(mim, shop.product(), provider="bkash")
    before = state(Order, Payment)
    with pytest.raises(TrxIdTaken, match=other.number) as refused:
        tell(mim, other, "dkt7-j2mq 4x")
    assert (refused.value.field, state(Order, Payment)) == ("trx_id", before)
    nagad = order(mim, shop.product(), provider="nagad")
    tell(mim, nagad, "DKT7J2MQ")


@pytest.mark.parametrize(
    ("provider", "typed", "kept"),
    [
        ("bkash", "dkt7j2mq4x", "DKT7J2MQ4X"),
        ("bkash", " TrxID: DKT7 J2MQ 4X. ", "DKT7J2MQ4X"),
        ("nagad", "75k2-lmq4", "75K2LMQ4"),
        ("rocket", "৪৮২১০৯৩৭৫৬", "4821093756"),
        ("bank", "ft26334k8xq2", "FT26334K8XQ2"),
    ],
)
def test_a_trx_id_is_cleaned(provider, typed, kept):
    assert manual_provider(provider).clean_trx_id(typed) == kept


@pytest.mark.parametrize(
    ("provider", "typed", "said"),
    [
        ("bkash", "", "Enter the TrxID: 10 letters and digits, such as DKT7J2MQ4X."),
        ("bkash", "01712345678", "That is a phone number."),
        ("bkash", "+880 1712-345678", "That is a phone number."),
        ("bkash", "৳810", "That is an amount."),
        ("bkash", "DKT7J2MQ4", "DKT7J2MQ4 has 9 characters."),
        ("bkash", "DKT7J2MQ4XX", "has 11 characters."),
        ("bkash", "DKT7J2MQ4é", "There is a 'É' in it."),
        ("bkash", "1234567890", "A bKash TrxID is 10 letters and digits"),
        ("bkash", "DKT7J2MQ4\x00X'; DROP", "There is a"),
        ("bkash", "x" * 201, "That is a whole message."),
        ("rocket", "ABCDEFGHIJ", "A Rocket TrxID is 10 digits"),
        ("bank", "12345", "12345 has 5 characters."),
    ],
)
def test_a_trx_id_that_is_none_is_told_what_it_looks_like(provider, typed, said):
    with pytest.raises(DomainError) as refused:
        manual_provider(provider).clean_trx_id(typed)
    assert said in refused.value.message
    assert refused.value.field == "trx_id"


@pytest.mark.parametrize("sender", ["", "12345", "abc", "02-123456"])
def test_a_sender_that_is_none_changes_nothing(unpaid, rafi, sender):
    before = state(Order, Payment)
    with pytest.raises(DomainError) as refused:
        tell(rafi, unpaid, sender=sender)
    assert (refused.value.field, state(Order, Payment)) == ("sender", before)


def test_only_the_buyer_tells_and_chooses(unpaid, mim, packer):
    before = state(Order, Payment)
    for actor in (mim, packer):
        with pytest.raises(NotFound):
            tell(actor, unpaid)
        with pytest.raises(NotFound):
            payments.choose_provider(actor=actor, number=unpaid.number, provider="cod")
    assert state(Order, Payment) == before


def test_only_who_processes_orders_finds_and_rejects(unpaid, rafi, clerk):
    payment = tell(rafi, unpaid)
    before = state(Order, Payment)
    for actor in (rafi, clerk):
        for act in (payments.verify, payments.claim):
            with pytest.raises(PermissionRefused):
                act(actor=actor, payment_id=payment.pk)
        with pytest.raises(PermissionRefused):
            payments.reject(actor=actor, payment_id=payment.pk, reason="No such transfer.")
    assert state(Order, Payment) == before


def test_a_claimed_payment_is_somebodys_for_a_quarter_of_an_hour(unpaid, rafi, packer, refunder):
    payment = tell(rafi, unpaid)
    payments.claim(actor=packer, payment_id=payment.pk)
    with pytest.raises(NotPossibleNow, match="Somebody else"):
        payments.verify(actor=refunder, payment_id=payment.pk)
    Payment.objects.filter(pk=payment.pk).update(claimed_at=timezone.now() - timedelta(minutes=16))
    payments.verify(actor=refunder, payment_id=payment.pk)
    assert Payment.objects.get(pk=payment.pk).verified_by == refunder


def test_another_way_to_pay_as_long_as_nothing_was_told(unpaid, rafi):
    for _ in range(2):
        payments.choose_provider(actor=rafi, number=unpaid.number, provider="bank")
    unpaid.refresh_from_db()
    assert (unpaid.provider, unpaid.expires_at > timezone.now() + timedelta(hours=47)) == ("bank", True)
    assert list(unpaid.payments.values_list("provider", "state")) == [("bank", "open"), ("bkash", "cancelled")]
    tell(rafi, unpaid)
    with pytest.raises(NotPossibleNow, match="can't be changed"):
        payments.choose_provider(actor=rafi, number=unpaid.number, provider="cod")


@pytest.mark.parametrize("provider", ["", "coins", "gold", "paypal"])
def test_a_way_that_can_not_pay_it_is_refused(unpaid, rafi, provider):
    before = state(Order, Payment)
    with pytest.raises(DomainError) as refused:
        payments.choose_provider(actor=rafi, number=unpaid.number, provider=provider)
    assert (refused.value.field, state(Order, Payment)) == ("provider", before)


def test_an_unpaid_order_ends_and_gives_back_what_it_held(shop, rafi, numbers):
    give(rafi, 100)
    frame = shop.product("Frame", stock=3, price_poisha=None, price_coins=60)
    put(rafi, frame)
    bought = order(rafi, shop.product("Cap", stock=5), provider="bkash")
    late(bought)
    assert [expire_unpaid_orders(), expire_unpaid_orders()] == [1, 0]
    bought.refresh_from_db()
    frame.refresh_from_db()
    assert (bought.status, bought.refunded_coins, bought.owed_back_coins) == ("cancelled", 60, 0)
    assert [item.variant.stock for item in bought.items.order_by("pk")] == [3, 5]
    assert bought.payments.filter(state="open").count() == 0
    assert bought.events.last().actor is None
    assert bought.events.filter(why="It was not paid in time.").exists()


def test_what_was_told_or_is_cash_does_not_end(shop, unpaid, rafi):
    tell(rafi, unpaid)
    cash = order(rafi, shop.product())
    late(unpaid)
    Order.objects.filter(pk=unpaid.pk).update(expires_at=None)
    assert expire_unpaid_orders() == 0
    assert not expire(cash.number)


def test_money_that_comes_after_the_cancelling_is_owed_back(unpaid, rafi, packer, refunder):
    payment = tell(rafi, unpaid)
    orders.cancel(actor=rafi, number=unpaid.number)
    payments.verify(actor=packer, payment_id=payment.pk)
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha, unpaid.owed_back_poisha) == ("cancelled", 81_000, 81_000)


def test_cash_is_money_when_it_was_delivered(shop, rafi, packer):
    bought = order(rafi, shop.product(price_poisha=75_000))
    bring(packer, bought, "confirmed", "processing", "shipped")
    assert (bought.paid_poisha, bought.due_poisha) == (0, 81_000)
    bring(packer, bought, "delivered")
    assert (bought.paid_poisha, bought.due_poisha) == (81_000, 0)
    assert bought.payments.get().state == "verified"


def test_a_trx_id_of_one_provider_does_not_fit_an_order_of_coins(shop, rafi):
    give(rafi, 600)
    bought = order(rafi, shop.product(kind="digital", stock=None, price_poisha=None, price_coins=600))
    with pytest.raises(NotPossibleNow, match="does not wait for a TrxID"):
        tell(rafi, bought, a_trx_id("bkash"))


def test_nobody_finds_the_money_of_their_own_order(shop, packer, refunder, numbers):
    mine = order(packer, shop.product(), provider="bkash")
    payment = tell(packer, mine)
    before = state()
    with pytest.raises(PermissionRefused, match="your own order"):
        payments.verify(actor=packer, payment_id=payment.pk)
    assert state() == before

    payments.verify(actor=refunder, payment_id=payment.pk)
    mine.refresh_from_db()
    assert mine.status == "confirmed"


def test_who_runs_the_shop_alone_may_look_at_their_own_order(shop, packer, numbers):
    packer.is_superuser = True
    packer.save()
    mine = order(packer, shop.product(), provider="bkash")
    payments.verify(actor=packer, payment_id=tell(packer, mine).pk)
    mine.refresh_from_db()
    assert mine.status == "confirmed"

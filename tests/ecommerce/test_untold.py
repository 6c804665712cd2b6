"""Money that came with the right reference and whose buyer never typed the TrxID: the statement speaks for it."""

import pytest
from django.db import connection
from django.urls import reverse

from apps.core.errors import Conflict, PermissionRefused
from apps.core.models import AuditEvent
from apps.ecommerce.errors import NotPossibleNow, TrxIdTaken
from apps.ecommerce.models import Order, Payment, StatementLine, Variant
from apps.ecommerce.selectors import statements as selectors
from apps.ecommerce.services import orders, payments, statements
from apps.ecommerce.services.expiry import expire
from tests.ecommerce.buying import give, open_numbers, order, put, state, tell
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.shop import Shop
from tests.ecommerce.test_payments import late
from tests.ecommerce.test_statements import bring
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db
TRX = "DKT7J2MQ4X"


@pytest.fixture
def unpaid(shop, rafi, numbers):
    """৳810 by bKash, delivery included."""
    return order(rafi, shop.product(stock=5, price_poisha=75_000), provider="bkash")


def line_for(actor, bought, trx_id=TRX, amount="810", **values):
    return bring(actor, f"{trx_id},{amount},01712345678,{bought.number},", **values).lines.get()


def confirm(actor, line, payment):
    return statements.confirm_match(actor=actor, line_id=line.pk, payment_id=payment.pk)


def test_it_is_suggested_by_the_orders_number_and_confirms_the_order_once(unpaid, packer):
    line, payment = line_for(packer, unpaid), unpaid.payments.get()
    [match] = selectors.matches([line])
    assert (match.payment, match.sure, match.untold, match.can_confirm) == (payment, False, True, True)
    for _ in range(2):
        confirm(packer, line, payment)
    unpaid.refresh_from_db()
    payment.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha, unpaid.expires_at) == ("confirmed", 81_000, None)
    assert (payment.state, payment.trx_id, payment.sender, payment.verified_by) == (
        "verified",
        TRX,
        "01712345678",
        packer,
    )
    assert AuditEvent.objects.filter(action="payment.verified").count() == 1
    assert not selectors.open_lines().exists()


def test_without_the_orders_number_nothing_is_suggested(unpaid, packer):
    assert selectors.matches(bring(packer, f"{TRX},810,01712345678,hello,").lines.all()) == []


def test_money_of_an_order_that_ran_out_meanwhile_is_owed_back(unpaid, rafi, packer):
    late(unpaid)
    assert expire(unpaid.number)
    [match] = selectors.matches([line_for(packer, unpaid)])
    assert (match.untold, match.payment.state) == (True, "cancelled")
    confirm(packer, match.line, match.payment)
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha, unpaid.owed_back_poisha) == ("cancelled", 81_000, 81_000)
    assert unpaid.events.last().what == f"bKash payment {TRX} found by its statement after the order had ended"
    assert Variant.objects.get(order_items__order=unpaid).stock == 5


def test_an_order_that_changed_to_cash_is_paid_by_what_came(unpaid, rafi, packer):
    payments.choose_provider(actor=rafi, number=unpaid.number, provider="cod")
    [match] = selectors.matches([line_for(packer, unpaid)])
    confirm(packer, match.line, match.payment)
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.due_poisha) == ("confirmed", 0)
    assert list(unpaid.payments.values_list("provider", "state")) == [("cod", "cancelled"), ("bkash", "verified")]


def test_an_order_is_not_paid_twice(unpaid, rafi, packer):
    first = unpaid.payments.get()
    payments.choose_provider(actor=rafi, number=unpaid.number, provider="nagad")
    unpaid.refresh_from_db()
    payments.verify(actor=packer, payment_id=tell(rafi, unpaid).pk)
    before = state(Order, Payment, StatementLine)
    line = line_for(packer, unpaid)
    with pytest.raises(NotPossibleNow, match="is paid already"):
        confirm(packer, line, first)
    assert state(Order, Payment) == {name: before[name] for name in ("Order", "Payment")}
    assert selectors.matches([line]) == []


def test_what_the_buyer_told_is_decided_first(unpaid, rafi, packer):
    first = unpaid.payments.get()
    payments.choose_provider(actor=rafi, number=unpaid.number, provider="nagad")
    unpaid.refresh_from_db()
    tell(rafi, unpaid)
    with pytest.raises(NotPossibleNow, match="is being checked"):
        confirm(packer, line_for(packer, unpaid), first)
    first.refresh_from_db()
    assert (first.state, first.trx_id) == ("cancelled", "")


def test_a_trx_id_that_pays_for_another_order_pays_for_no_second(shop, unpaid, mim, packer):
    other = order(mim, shop.product(price_poisha=75_000), provider="bkash")
    payments.verify(actor=packer, payment_id=tell(mim, other, TRX).pk)
    with pytest.raises(TrxIdTaken):
        confirm(packer, line_for(packer, unpaid), unpaid.payments.get())
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha) == ("pending", 0)


@pytest.mark.parametrize(("amount", "provider"), [("809", "bkash"), ("810", "nagad")])
def test_another_sum_or_provider_is_no_match(unpaid, packer, amount, provider):
    line = line_for(packer, unpaid, trx_id="DKT7J2MQ", amount=amount, provider=provider)
    with pytest.raises(Conflict):
        confirm(packer, line, unpaid.payments.get())
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha) == ("pending", 0)


def test_only_who_processes_orders_confirms(unpaid, rafi, packer, clerk):
    line = line_for(packer, unpaid)
    for actor in (rafi, clerk):
        with pytest.raises(PermissionRefused):
            confirm(actor, line, unpaid.payments.get())
    assert Order.objects.get().status == "pending"


def test_nothing_that_is_owed_after_a_part_was_cancelled_leaves_a_rejected_payment_open(shop, rafi, numbers, packer):
    """The rest was paid in coins: it must not run out because a TrxID for what is gone was wrong."""
    from_coins = shop.product(kind="digital", stock=None, price_poisha=None, price_coins=60)
    in_taka = shop.product(kind="digital", stock=None, price_poisha=75_000)
    give(rafi, 60)
    put(rafi, from_coins)
    bought = order(rafi, in_taka, provider="bkash")
    payment = tell(rafi, bought)
    line = bought.items.get(product=in_taka)
    orders.cancel(actor=rafi, number=bought.number, lines={line.pk: 1})
    payments.reject(actor=packer, payment_id=payment.pk, reason="No such transfer.")
    bought.refresh_from_db()
    assert (bought.status, bought.expires_at, bought.paid_coins, bought.refunded_coins) == ("confirmed", None, 60, 0)


def test_staff_choose_it_on_the_statements_page(client, unpaid, settings):
    settings.ADMIN_REQUIRE_MFA = False
    verifier = staff_with("verifier", "process_order")
    line = line_for(verifier, unpaid)
    client.force_login(verifier)
    page = client.get(reverse("ecommerce:desk_statement", args=[line.statement_id]))
    assert "the buyer has not told a TrxID yet" in page.content.decode()
    [match] = page.context["matches"]
    client.post(reverse("ecommerce:desk_confirm", args=[line.statement_id]), {"pair": match.value})
    assert Order.objects.get().status == "confirmed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_found_while_it_runs_out_it_counts_once_and_the_stock_is_right():
    """Exactly one of both ends the order; the money counts whichever it is."""
    shop = Shop(make_user("boss", is_staff=True, is_superuser=True))
    open_numbers()
    staff, rafi = staff_with("verifier", "process_order"), make_user("rafi")
    product = shop.product(stock=9, price_poisha=75_000)
    for trx_id in (TRX, "DKT7J2MQ4Y", "DKT7J2MQ4Z"):
        bought = order(rafi, product, provider="bkash")
        late(bought)
        before = product.variants.get().stock
        line, payment = line_for(staff, bought, trx_id), bought.payments.get()
        ended = at_once(
            lambda b=bought: expire(b.number),
            lambda line=line, payment=payment: confirm(staff, line, payment),
            lambda line=line, payment=payment: confirm(staff, line, payment),
        )
        bought.refresh_from_db()
        stock = product.variants.get().stock
        assert ended == {"done": 3}
        assert bought.paid_poisha == 81_000
        assert (bought.status, stock, bought.owed_back_poisha) in [
            ("confirmed", before, 0),
            ("cancelled", before + 1, 81_000),
        ]

"""Statements beside what buyers told: kept once, matched, confirmed by the same service as by hand."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.ecommerce.models import Order, Payment, Statement, StatementLine
from apps.ecommerce.selectors import statements as selectors
from apps.ecommerce.services import payments, statements
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.ordering import order_of, payment_of
from tests.ecommerce.shop import Shop
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db
HEAD = "TrxID,Amount,From,Reference,Date\n"


def bring(actor, *rows, provider="bkash"):
    file = io.BytesIO((HEAD + "\n".join(rows)).encode())
    return statements.bring_statement(actor=actor, provider=provider, name="november.csv", file=file)


def brought(actor, row):
    return bring(actor, row).lines.get()


@pytest.fixture
def verifier(db):
    return staff_with("verifier", "process_order")


@pytest.fixture
def cap(shop):
    return shop.product("Cap", price_poisha=145_000, stock=90).variants.select_related("product").get()


@pytest.fixture
def told(rafi, cap):
    """A payment that Rafi told of."""
    return payment_of(order_of(rafi, cap, status="pending"), "9A7B3C1D2E")


def test_a_file_brought_again_adds_nothing(verifier):
    rows = ("9A7B3C1D2E,1450,01712345678,,", "9A7B3C1D2F,500,,,")
    first, again = bring(verifier, *rows), bring(verifier, *rows, "9A7B3C1D2G,700,,,")
    assert (first.added, first.known_before) == (2, 0)
    assert (again.added, again.known_before) == (1, 2)
    assert StatementLine.objects.count() == 3


def test_a_line_that_says_otherwise_than_before_is_told(verifier):
    bring(verifier, "9A7B3C1D2E,1450,,,")
    again = bring(verifier, "9a7b3c1d2e,1540,,,", "x,1,,,")
    assert [(problem["line"], problem["reason"]) for problem in again.problems] == [
        (2, "9A7B3C1D2E is on record with ৳1,450."),
        (3, "“x” is no TrxID. One looks like 9A7B3C1D2E."),
    ]
    assert StatementLine.objects.get().amount_poisha == 145_000


def test_the_same_trxid_and_sum_is_sure(verifier, told):
    statement = bring(verifier, "9a7b3c1d2e,1450,,,")
    [match] = selectors.matches(statement.lines.all())
    assert (match.sure, match.can_confirm, match.payment) == (True, True, told)
    assert [found.line for found in selectors.suggestions(told)] == [match.line]


def test_another_sum_is_told_and_not_confirmed(verifier, told):
    [match] = selectors.matches(bring(verifier, "9A7B3C1D2E,1000,,,").lines.all())
    assert (match.sure, match.differs, match.can_confirm) == (False, True, False)
    with pytest.raises(Conflict, match="The statement says ৳1,000, the order ৳1,450"):
        statements.confirm_match(actor=verifier, line_id=match.line.pk, payment_id=told.pk)
    told.refresh_from_db()
    assert (told.state, Order.objects.get().status) == ("submitted", "pending")


def test_the_same_sum_with_the_orders_number_or_the_sender_is_likely(verifier, told, rafi, cap):
    number = told.order.number.replace("-", " ")
    now = told.submitted_at.astimezone().strftime("%Y-%m-%d %H:%M")
    by_number = bring(verifier, f"AAAA1111BB,1450,,Order {number},")
    assert selectors.matches(by_number.lines.all())[0].why == f"Same sum, and {told.order.number} as the reference"
    by_sender = bring(verifier, f"AAAA2222BB,1450,+880 1712-345678,,{now}")
    [match] = selectors.matches(by_sender.lines.all())
    assert (match.sure, match.why) == (False, "Same sum, same sender, near in time")
    for row in (f"AAAA3333BB,1450,01899999999,,{now}", "AAAA4444BB,1450,01712345678,,2020-01-01", "AAAA5555BB,1449,,,"):
        assert selectors.matches(bring(verifier, row).lines.all()) == []


def test_a_payment_stands_in_one_pair(verifier, told):
    number = told.order.number
    lines = bring(verifier, f"AAAA1111BB,1450,,{number},", "9A7B3C1D2E,1450,,,").lines.all()
    assert [match.line.trx_id for match in selectors.matches(lines)] == ["9A7B3C1D2E"]


def test_confirming_is_the_same_as_by_hand_and_counts_once(verifier, told):
    line = brought(verifier, "9A7B3C1D2E,1450,,,")
    for _ in range(2):
        statements.confirm_match(actor=verifier, line_id=line.pk, payment_id=told.pk)
    order = Order.objects.get()
    assert (order.status, order.paid_poisha) == ("confirmed", 145_000)
    assert StatementLine.objects.get().payment == told
    assert AuditEvent.objects.filter(action="statement.matched").count() == 1
    assert AuditEvent.objects.filter(action="payment.verified").count() == 1
    assert not selectors.open_lines().exists()


def test_one_line_pays_for_one_order(verifier, told, rafi, cap):
    other = payment_of(order_of(rafi, cap, status="pending"), "BBBB1111CC")
    line = brought(verifier, "9A7B3C1D2E,1450,,,")
    statements.confirm_match(actor=verifier, line_id=line.pk, payment_id=told.pk)
    with pytest.raises(Conflict, match="belongs to another one"):
        statements.confirm_match(actor=verifier, line_id=line.pk, payment_id=other.pk)
    other.refresh_from_db()
    assert other.state == "submitted"


def test_in_bulk_a_refusal_leaves_the_others_alone(verifier, told, rafi, cap):
    taken = payment_of(order_of(rafi, cap, status="pending"), "BBBB1111CC")
    payments.claim(actor=staff_with("colleague", "process_order"), payment_id=taken.pk)
    statement = bring(verifier, "BBBB1111CC,1450,,,", "9A7B3C1D2E,1450,,,")
    pairs = [(match.line.pk, match.payment.pk) for match in selectors.matches(statement.lines.all())]
    done = statements.confirm_matches(actor=verifier, pairs=[*pairs, (404, told.pk)])
    assert [outcome.refusal[:30] for outcome in done] == [
        "Somebody else is looking at th",
        "",
        "There is no such line.",
    ]
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["submitted", "verified"]


def test_money_without_an_order_and_found_without_a_line_are_seen(verifier, told):
    line = brought(verifier, "ZZZZ9999YY,10,,,")
    payments.verify(actor=verifier, payment_id=told.pk)
    assert list(selectors.open_lines()) == [line]
    assert list(selectors.unseen_payments()) == [told]
    statements.explain_line(actor=verifier, line_id=line.pk, note="Rent of the shop.")
    assert not selectors.open_lines().exists()
    statements.explain_line(actor=verifier, line_id=line.pk, note="")
    assert list(selectors.open_lines()) == [line]


def test_only_who_processes_orders_brings_one(clerk, told):
    line = brought(staff_with("other", "process_order"), "9A7B3C1D2E,1450,,,")
    for act in (
        lambda: bring(clerk, "AAAA1111BB,5,,,"),
        lambda: statements.confirm_match(actor=clerk, line_id=line.pk, payment_id=told.pk),
        lambda: statements.explain_line(actor=clerk, line_id=line.pk, note="Mine."),
    ):
        with pytest.raises(PermissionRefused):
            act()
    assert (Statement.objects.count(), Payment.objects.get().state) == (1, "submitted")


@pytest.mark.parametrize(("provider", "field"), [("cod", "provider"), ("coins", "provider"), ("", "provider")])
def test_only_some_send_statements(verifier, provider, field):
    with pytest.raises(DomainError) as refused:
        bring(verifier, "AAAA1111BB,5,,,", provider=provider)
    assert refused.value.field == field


def test_staff_bring_and_confirm_by_plain_forms(client, verifier, told, settings):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(verifier)
    page = reverse("ecommerce:desk_statements")
    wrong = client.post(page, {"provider": "bkash", "file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["file"])

    file = SimpleUploadedFile("november.csv", (HEAD + "9A7B3C1D2E,1450,,,\nbad,row\nZZZZ9999YY,10,,,\n").encode())
    sent = client.post(page, {"provider": "bkash", "file": file}, follow=True)
    text = sent.content.decode()
    assert "1 line could not be read" in text
    assert "Line 3: “bad” is no TrxID" in text or "Line 3" in text
    [match] = sent.context["matches"]
    statement = Statement.objects.get()
    confirm = reverse("ecommerce:desk_confirm", args=[statement.pk])
    for nonsense in ("", "x-y", "1-", f"{10**12}-1"):
        client.post(confirm, {"pair": nonsense})
    assert Payment.objects.get().state == "submitted"
    assert "1 received" in client.post(confirm, {"pair": match.value}, follow=True).content.decode()
    assert Order.objects.get().status == "confirmed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_bring_the_same_file_and_confirm_the_same_line():
    cap = Shop(make_user("boss", is_staff=True, is_superuser=True)).product(price_poisha=145_000).variants.get()
    told = payment_of(order_of(make_user("rafi"), cap, status="pending"), "9A7B3C1D2E")
    staff = [staff_with(f"verifier{number}", "process_order") for number in range(4)]
    assert at_once(*[lambda who=who: bring(who, "9A7B3C1D2E,1450,,,") for who in staff]) == {"done": 4}
    line = StatementLine.objects.get()

    def confirming(who):
        return lambda: statements.confirm_match(actor=who, line_id=line.pk, payment_id=told.pk)

    assert at_once(*map(confirming, staff)) == {"done": 4}
    assert (Order.objects.get().paid_poisha, AuditEvent.objects.filter(action="payment.verified").count()) == (
        145_000,
        1,
    )

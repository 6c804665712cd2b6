"""Money that came, beside what buyers told: what belongs together, and what is left over."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.core.errors import NotFound
from apps.ecommerce.constants import LIVE_PAYMENT_STATES, UNTOLD_PAYMENT_STATES, PaymentState
from apps.ecommerce.models import Payment, Statement, StatementLine

NEAR = timedelta(hours=48)
LATE = timedelta(days=60)  # for so long a line is compared with payments that ended
OPEN_ENDS = 200
MANUAL = ("bkash", "nagad", "rocket", "bank")


@dataclass(frozen=True)
class Match:
    """A line and the payment that it may be of.

    ``sure``: same TrxID, same sum. ``differs``: same TrxID, another sum, so nobody can confirm it here. Otherwise it is
    likely: same sum, and the sender, or the order's number in the reference. ``untold``: the buyer never told the
    TrxID, so the line alone speaks for it, by the order's number.
    """

    line: StatementLine
    payment: Payment
    sure: bool = False
    differs: bool = False
    why: str = ""

    @property
    def value(self) -> str:
        """What a form sends for this pair."""
        return f"{self.line.pk}-{self.payment.pk}"

    @property
    def can_confirm(self) -> bool:
        return not self.differs and (self.untold or self.payment.state == PaymentState.SUBMITTED)

    @property
    def untold(self) -> bool:
        return self.payment.state in UNTOLD_PAYMENT_STATES


def statements() -> QuerySet[Statement]:
    """Return the files that were brought, newest first, with how many of their lines are still open."""
    still_open = Count("lines", filter=Q(lines__payment=None, lines__note=""))
    return Statement.objects.select_related("brought_by").annotate(still_open=still_open).order_by("-pk")


def statement(statement_id: int) -> Statement:
    found = statements().filter(pk=statement_id).first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


def open_lines() -> QuerySet[StatementLine]:
    """Return money that belongs to no order yet, newest first."""
    return StatementLine.objects.filter(payment=None, note="").select_related("statement").order_by("-pk")


def unseen_payments() -> QuerySet[Payment]:
    """Return payments that somebody found by hand and that stand on no statement, newest first."""
    found = Payment.objects.filter(provider__in=MANUAL, state=PaymentState.VERIFIED, statement_line=None)
    return found.select_related("order", "verified_by").order_by("-pk")


def matches(lines: Iterable[StatementLine]) -> list[Match]:
    """Return what belongs together: sure ones first, then those that differ, then likely ones. Two queries.

    A line and a payment stand in one pair only; what is sure takes both away from what is likely.
    """
    lines = list(lines)
    waiting = _waiting(lines)
    told = {(payment.provider, payment.trx_id.lower()): payment for payment in waiting if payment.trx_id}
    by_sum: dict[tuple[str, int], list[Payment]] = defaultdict(list)
    for payment in waiting:
        by_sum[payment.provider, payment.amount_poisha].append(payment)
    found: list[Match] = []
    for line in lines:
        payment_told = told.get((line.provider, line.trx_id.lower()))
        if payment_told is not None:
            same = payment_told.amount_poisha == line.amount_poisha
            found.append(Match(line, payment_told, sure=same, differs=not same, why="Same TrxID"))
    taken = {match.payment.pk for match in found}
    matched = {match.line.pk for match in found}
    for line in lines:
        if line.pk in matched:
            continue
        for payment in by_sum[line.provider, line.amount_poisha]:
            if payment.pk not in taken and (why := _likely(line, payment)):
                found.append(Match(line, payment, why=why))
                taken.add(payment.pk)
                break
    return sorted(found, key=lambda match: (not match.sure, not match.differs, match.line.number))


def _waiting(lines: list[StatementLine]) -> list[Payment]:
    """Return the payments that these lines may be of, those first whose order still waits for them.

    Also such as ended because nobody told of them in time: the statement comes the day after.
    """
    live = Q(state__in=LIVE_PAYMENT_STATES)
    ended = Q(
        state=PaymentState.CANCELLED,
        order__paid_poisha=0,
        amount_poisha__in={line.amount_poisha for line in lines},
        created_at__gt=timezone.now() - LATE,
    )
    found = Payment.objects.filter(live | ended, provider__in={line.provider for line in lines})
    return sorted(found.select_related("order__user").order_by("pk"), key=lambda payment: not payment.is_live)


def suggestions(payment: Payment) -> list[Match]:
    """Return the open lines that may be this payment, for its own page."""
    near = open_lines().filter(provider=payment.provider)
    near = near.filter(Q(amount_poisha=payment.amount_poisha) | Q(trx_id__iexact=payment.trx_id or "-"))
    return [match for match in matches(near[:50]) if match.payment.pk == payment.pk]


def _likely(line: StatementLine, payment: Payment) -> str:
    """Say why a line of the same sum is probably this payment, or nothing."""
    number = payment.order.number
    if number.replace("-", "") in line.reference.upper().replace("-", "").replace(" ", ""):
        return f"Same sum, and {number} as the reference"
    if line.at is None or not (payment.order.created_at - NEAR <= line.at <= payment.order.created_at + NEAR):
        return ""
    if payment.sender and line.sender and line.sender == payment.sender:
        return "Same sum, same sender, near in time"
    return ""

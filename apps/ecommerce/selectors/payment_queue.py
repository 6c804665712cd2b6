"""Payments that wait for somebody to look."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.core.errors import NotFound
from apps.ecommerce.constants import CLAIM_LAPSES, UNTOLD_PAYMENT_STATES, PaymentState
from apps.ecommerce.models import Payment, PaymentProof, StatementLine
from apps.ecommerce.permissions import Viewer
from apps.ecommerce.selectors import statements
from apps.ecommerce.selectors.statements import MANUAL, Match

WAITING = (PaymentState.SUBMITTED, *UNTOLD_PAYMENT_STATES)  # a line of a statement may still be it
SAME_SENDER = timedelta(hours=48)


def queue() -> QuerySet[Payment]:
    """Return the payments to look at, oldest first, with whether a statement has their TrxID and sum."""
    line = StatementLine.objects.filter(
        provider=OuterRef("provider"), trx_id__iexact=OuterRef("trx_id"), amount_poisha=OuterRef("amount_poisha")
    )
    return (
        Payment.objects.filter(state=PaymentState.SUBMITTED, provider__in=MANUAL)  # of PayPal, PayPal says so itself
        .select_related("order__user", "claimed_by")
        .annotate(
            on_statement=Exists(line.filter(payment=None)),
            has_proof=Exists(PaymentProof.objects.filter(payment=OuterRef("pk"))),
        )
        .order_by("submitted_at", "pk")
    )


def is_claimed(payment: Payment, viewer: Viewer) -> bool:
    """Whether somebody other than the viewer looks at it now."""
    fresh = payment.claimed_at is not None and payment.claimed_at > timezone.now() - CLAIM_LAPSES
    return bool(fresh and payment.claimed_by_id and payment.claimed_by_id != viewer.pk)


@dataclass(frozen=True)
class PaymentPage:
    """One payment with all that helps to decide."""

    payment: Payment
    has_proof: bool
    claimed: bool
    mine: bool
    duplicates: list[Payment]
    suggestions: list[Match]
    earlier: list[Payment]

    @property
    def has_sure(self) -> bool:
        """Whether a line has the TrxID and the sum: then that is the act to take."""
        return any(match.sure for match in self.suggestions)


def payment_page(viewer: Viewer, payment_id: int) -> PaymentPage:
    """Return a payment with its doubles and the statement lines that may be it.

    Raises:
        NotFound: There is none, or it is of a kind that nobody looks at.
    """
    found = Payment.objects.select_related("order__user", "claimed_by", "verified_by", "pay_to")
    payment = found.filter(pk=payment_id, provider__in=MANUAL).first()
    if payment is None:
        raise NotFound("There is no such payment.")
    others = Payment.objects.filter(provider=payment.provider).exclude(pk=payment.pk).select_related("order")
    claimed = is_claimed(payment, viewer)
    return PaymentPage(
        payment=payment,
        has_proof=PaymentProof.objects.filter(payment=payment).exists(),
        claimed=claimed,
        mine=payment.claimed_by_id == viewer.pk and payment.claimed_by_id is not None,
        duplicates=list(_doubles(payment, others)[:10]),
        suggestions=statements.suggestions(payment) if payment.state in WAITING else [],
        earlier=list(others.filter(order=payment.order_id).order_by("-pk")[:10]),
    )


def _doubles(payment: Payment, others: QuerySet[Payment]) -> QuerySet[Payment]:
    """Return payments of other orders with this TrxID, or with this sender and sum at about this time."""
    elsewhere = others.exclude(order=payment.order_id)
    alike = Q(pk=None)
    if payment.trx_id:
        alike |= Q(trx_id__iexact=payment.trx_id)
    if payment.sender and payment.submitted_at:
        near = (payment.submitted_at - SAME_SENDER, payment.submitted_at + SAME_SENDER)
        alike |= Q(sender=payment.sender, amount_poisha=payment.amount_poisha, submitted_at__range=near)
    return elsewhere.filter(alike).order_by("-pk")

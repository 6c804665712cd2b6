"""Statements of the providers: brought by staff, kept once, and matched with what buyers told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from apps.accounts.models import User
from apps.common.csv_files import FileRefused
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib.figures import taka
from apps.corelib.typed import one_line
from apps.ecommerce import permissions
from apps.ecommerce.constants import UNTOLD_PAYMENT_STATES
from apps.ecommerce.models import Statement, StatementLine
from apps.ecommerce.payments import manual_provider
from apps.ecommerce.services import payments
from apps.ecommerce.statements import Entry, read

SHOWN_PROBLEMS = 200


@transaction.atomic
def bring_statement(*, actor: User, provider: str, name: str, file: BinaryIO) -> Statement:
    """Keep what came in by a statement. A TrxID that is on record is passed over, so any file may be brought again.

    Wrong lines are kept as sentences with their numbers; the others count.

    Raises:
        PermissionRefused: The actor does not process orders.
        DomainError: That provider sends none, or the file is none; ``field`` names it.
    """
    permissions.check_process_orders(actor)
    if manual_provider(provider) is None:
        raise DomainError("Choose whose statement it is, such as bKash.", field="provider")
    try:
        found = read(file)
    except FileRefused as refused:
        raise DomainError(str(refused), field="file") from refused
    statement = Statement.objects.create(
        provider=provider, name=one_line(name)[:120], brought_by=actor, left_out=found.left_out
    )
    before = _on_record(provider, found.entries)
    fresh = [entry for entry in found.entries if entry.trx_id.lower() not in before]
    # Of two who bring the same file at once, one keeps the lines and the other passes them over.
    StatementLine.objects.bulk_create((_line(statement, entry) for entry in fresh), ignore_conflicts=True)
    problems = [problem.as_dict() for problem in found.problems] + _contradicted(found.entries, before)
    statement.added = StatementLine.objects.filter(statement=statement).count()
    statement.known_before = len(found.entries) - statement.added
    statement.problems = sorted(problems, key=lambda problem: problem["line"])[:SHOWN_PROBLEMS]
    statement.save(update_fields=["added", "known_before", "problems"])
    audit.record(
        actor=actor,
        action="statement.brought",
        target=statement,
        new={"provider": provider, "added": statement.added, "problems": len(problems)},
    )
    return statement


@dataclass(frozen=True)
class Confirmed:
    """How one pair of a bulk ended: ``refusal`` is empty when the payment counts as received."""

    line_id: int
    payment_id: int
    refusal: str = ""


def confirm_matches(*, actor: User, pairs: Iterable[tuple[int, int]]) -> list[Confirmed]:
    """Confirm payments by the lines they came with, each pair for itself: one refusal leaves the others alone."""
    permissions.check_process_orders(actor)
    done = []
    for line_id, payment_id in pairs:
        try:
            confirm_match(actor=actor, line_id=line_id, payment_id=payment_id)
        except DomainError as refusal:
            done.append(Confirmed(line_id, payment_id, refusal.message))
        else:
            done.append(Confirmed(line_id, payment_id))
    return done


@transaction.atomic
def confirm_match(*, actor: User, line_id: int, payment_id: int) -> StatementLine:
    """Say that this line is the money of this payment, and count the payment as received. Said twice, it is once.

    The buyer need not have told the TrxID: of a payment that waits for it, or whose order ended before anybody looked,
    the line's TrxID counts. Somebody has to choose such a pair by hand.

    Raises:
        PermissionRefused: The actor does not process orders.
        Conflict: The line belongs to another payment, or the payment to another line, or the sums differ.
        NotPossibleNow: Somebody else looks at the payment, it was decided otherwise, or the order is paid.
        TrxIdTaken: The buyer never told, and the line's TrxID pays for another order.
    """
    permissions.check_process_orders(actor)
    # The payment first, as everywhere: its order's lock comes before the line's.
    order, payment = payments.lock_payment(payment_id)
    line = _locked(line_id)
    if line.payment_id == payment.pk:
        return line
    if line.payment_id is not None or StatementLine.objects.filter(payment=payment).exists():
        raise Conflict("This line, or this payment, belongs to another one already.")
    if line.provider != payment.provider:
        raise Conflict("The line and the payment are of two providers.")
    if line.amount_poisha != payment.amount_poisha:
        raise Conflict(
            f"The statement says {_taka(line.amount_poisha)}, the order {_taka(payment.amount_poisha)}. "
            "Look at it by hand."
        )
    told = payment.trx_id
    if payment.state in UNTOLD_PAYMENT_STATES:
        payments.receive_untold(actor=actor, order=order, payment=payment, trx_id=line.trx_id, sender=line.sender)
    else:
        payments.verify(actor=actor, payment_id=payment_id)
    line.payment, line.matched_by, line.note = payment, actor, ""
    line.save(update_fields=["payment", "matched_by", "note"])
    audit.record(
        actor=actor,
        action="statement.matched",
        target=line,
        new={"payment": payment.pk, "told": told, "amount_poisha": line.amount_poisha},
    )
    return line


@transaction.atomic
def explain_line(*, actor: User, line_id: int, note: str) -> StatementLine:
    """Say why no order belongs to money that came. It leaves the list of open ends; an empty note brings it back.

    Raises:
        PermissionRefused: The actor does not process orders.
        Conflict: A payment belongs to it.
        DomainError: The note is too long.
    """
    permissions.check_process_orders(actor)
    note = one_line(note)
    if len(note) > 200:
        raise DomainError(f"At most 200 characters: it has {len(note)}.", field="note")
    line = _locked(line_id)
    if line.payment_id is not None:
        raise Conflict("An order belongs to this line.")
    if line.note != note:
        audit.record(
            actor=actor, action="statement.explained", target=line, old={"note": line.note}, new={"note": note}
        )
        line.note = note
        line.save(update_fields=["note"])
    return line


def _on_record(provider: str, entries: list[Entry]) -> dict[str, int]:
    """Return the amounts of those TrxIDs that are on record, by TrxID in small letters."""
    lines = StatementLine.objects.filter(provider=provider).annotate(folded=Lower("trx_id"))
    known = lines.filter(folded__in={entry.trx_id.lower() for entry in entries})
    return dict(known.values_list("folded", "amount_poisha"))


def _contradicted(entries: list[Entry], before: dict[str, int]) -> list[dict[str, Any]]:
    """Return what this file says otherwise than an earlier one."""
    return [
        {
            "line": entry.number,
            "column": "Amount",
            "reason": f"{entry.trx_id} is on record with {_taka(before[entry.trx_id.lower()])}.",
            "example": "",
        }
        for entry in entries
        if before.get(entry.trx_id.lower(), entry.amount_poisha) != entry.amount_poisha
    ]


def _line(statement: Statement, entry: Entry) -> StatementLine:
    return StatementLine(
        statement=statement,
        provider=statement.provider,
        number=entry.number,
        trx_id=entry.trx_id,
        amount_poisha=entry.amount_poisha,
        sender=entry.sender,
        reference=entry.reference,
        at=timezone.make_aware(entry.at) if entry.at else None,  # statements are in local time
    )


def _locked(line_id: int) -> StatementLine:
    line = StatementLine.objects.select_for_update(of=("self",), no_key=True).filter(pk=line_id).first()
    if line is None:
        raise NotFound("There is no such line.")
    return line


def _taka(poisha: int) -> str:
    return taka(f"{poisha / 100:.2f}")

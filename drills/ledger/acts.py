"""Carries operations out by the services of the ledger, and tells in the model's words what they answered."""

from collections.abc import Mapping

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.economy import services
from apps.economy.models import DeltaCrownTransaction, Hold, WalletAdjustment
from apps.user_profile.models import UserProfile
from drills.ledger.model import DONE, WAITING, Answer, Operation


class Ledger:
    """The real thing. ``profiles`` are the wallets by number; ``staff`` may change balances by hand."""

    def __init__(self, profiles: Mapping[int, UserProfile], staff: User) -> None:
        self.profiles = profiles
        self.staff = staff
        self._ids: dict[str, int] = {}

    def perform(self, operation: Operation) -> Answer:
        try:
            answer: Answer = getattr(self, f"_{operation.kind}")(operation)
        except DomainError as refusal:
            return Answer(type(refusal).__name__)
        return answer

    def _award(self, operation: Operation) -> Answer:
        entry = services.award(
            profile=self.profiles[operation.who],
            amount=operation.amount,
            reason="promotion",
            idempotency_key=operation.key,
            tell=False,
        )
        return self._told(operation, entry)

    def _debit(self, operation: Operation) -> Answer:
        profile = self.profiles[operation.who]
        entry = services.debit(
            profile=profile,
            amount=operation.amount,
            reason="purchase",
            actor=profile.user,
            idempotency_key=operation.key,
        )
        return self._told(operation, entry)

    def _transfer(self, operation: Operation) -> Answer:
        sender = self.profiles[operation.who]
        entry = services.transfer(
            actor=sender.user,
            sender=sender,
            recipient=self.profiles[operation.other],
            amount=operation.amount,
            idempotency_key=operation.key,
        )
        return self._told(operation, entry)

    def _adjust(self, operation: Operation) -> Answer:
        adjustment = services.manual_adjust(
            actor=self.staff,
            profile=self.profiles[operation.who],
            amount=operation.amount,
            note="drill",
            idempotency_key=operation.key,
        )
        if adjustment.state == WalletAdjustment.State.WAITING:
            return Answer(WAITING)
        entry = adjustment.transaction
        return Answer(DONE, entry.amount, entry.balance_after, entry.sequence)

    def _hold(self, operation: Operation) -> Answer:
        profile = self.profiles[operation.who]
        held = services.hold(
            profile=profile,
            amount=operation.amount,
            cause="drill:1",
            idempotency_key=operation.key,
            actor=profile.user,
        )
        self._ids[f"hold {operation.key}"] = held.pk
        return Answer(DONE, held.amount)

    def _capture(self, operation: Operation) -> Answer:
        entry = services.capture(hold_id=self._hold_id(operation.target), actor=None, amount=operation.amount)
        return self._told(operation, entry)

    def _release(self, operation: Operation) -> Answer:
        return Answer(DONE, services.release(hold_id=self._hold_id(operation.target), actor=None).amount)

    def _refund(self, operation: Operation) -> Answer:
        entry = services.refund(
            transaction_id=self._entry_id(operation.target),
            actor=None,
            amount=operation.amount,
            idempotency_key=operation.key,
            tell=False,
        )
        return self._told(operation, entry)

    def _correct(self, operation: Operation) -> Answer:
        entry = services.correct(
            actor=self.staff,
            transaction_id=self._entry_id(operation.target),
            note="drill",
            idempotency_key=operation.key,
        )
        return self._told(operation, entry)

    def _told(self, operation: Operation, entry: DeltaCrownTransaction) -> Answer:
        self._ids[operation.key] = entry.pk
        return Answer(DONE, entry.amount, entry.balance_after, entry.sequence)

    def _hold_id(self, key: str) -> int:
        """Return the id of the hold, which another process may have made."""
        known = self._ids.get(f"hold {key}")
        return known or Hold.objects.values_list("pk", flat=True).get(idempotency_key=key)

    def _entry_id(self, key: str) -> int:
        if key in self._ids:
            return self._ids[key]
        hold = key.removeprefix("capture ")
        stored = key if hold == key else f"hold:{self._hold_id(hold)}"  # the ledger's own key for a captured hold
        return DeltaCrownTransaction.objects.values_list("pk", flat=True).get(idempotency_key=stored)

    def has(self, operation: Operation) -> bool:
        """Return whether the operation left what it leaves."""
        if operation.kind in ("capture", "release"):
            return Hold.objects.filter(idempotency_key=operation.target, state=f"{operation.kind}d").exists()
        model = {"hold": Hold, "adjust": WalletAdjustment}.get(operation.kind, DeltaCrownTransaction)
        return model.objects.filter(idempotency_key=operation.key).exists()

    def forget(self) -> None:
        """Trust no id that was learned in a transaction which may not have ended well."""
        self._ids.clear()

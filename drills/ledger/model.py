"""The ledger as it should be, in memory and without a database: what each operation must answer, and what is left.

It is written from docs/ledger.md and not from the services, so that the two can disagree.
"""

from dataclasses import dataclass, field

LARGEST = 1_000_000_000
FOUR_EYES = 10_000
REMEMBERED = 400  # operations that later ones may repeat or refer to

DONE, WAITING = "done", "waiting"


@dataclass(frozen=True)
class Operation:
    """One request. ``who`` and ``other`` are wallets by number, ``target`` is the key of an earlier operation."""

    kind: str
    who: int
    amount: int
    key: str
    other: int = -1
    target: str = ""

    @property
    def content(self) -> tuple[object, ...]:
        return (self.kind, self.who, self.amount, self.other, self.target)


@dataclass(frozen=True)
class Answer:
    """How a request ended; for an entry also its amount, balance and number, seen from the wallet it is told of."""

    outcome: str
    amount: int = 0
    balance: int = 0
    sequence: int = 0


@dataclass
class Wallet:
    balance: int = 0
    held: int = 0
    entries: int = 0
    by_hand: int = 0  # what the one superuser changed alone

    @property
    def free(self) -> int:
        return self.balance - self.held


@dataclass
class Entry:
    """A written movement, and what followed on it."""

    kind: str
    who: int
    amount: int
    other: int
    content: tuple[object, ...]
    answer: Answer
    refunded: int = 0
    corrected_by: str = ""


@dataclass
class Held:
    who: int
    amount: int
    content: tuple[object, ...]
    state: str = "held"


@dataclass
class Model:
    """What one client knows. ``wallets`` are its own; those in ``shared`` get coins from others too."""

    wallets: dict[int, Wallet]
    shared: frozenset[int] = frozenset()
    given: dict[int, int] = field(default_factory=dict)  # to shared wallets, less what was taken back
    written: int = 0
    told: int = 0  # entries that somebody is told of
    entries: dict[str, Entry] = field(default_factory=dict)
    holds: dict[str, Held] = field(default_factory=dict)
    adjustments: dict[str, tuple[tuple[object, ...], Answer]] = field(default_factory=dict)
    recent: dict[str, Operation] = field(default_factory=dict)  # oldest first

    def expect(self, operation: Operation) -> Answer:
        """Return what the ledger must answer, and remember what then is."""
        answer: Answer = getattr(self, f"_{operation.kind}")(operation)
        if answer.outcome in (DONE, WAITING) and operation.key not in self.recent:
            self.recent[operation.key] = operation
            if len(self.recent) > REMEMBERED:
                oldest = next(iter(self.recent))
                del self.recent[oldest]
                self.entries.pop(oldest, None)
                self.holds.pop(oldest, None)  # what is still held stays so, and is counted with its wallet
                self.adjustments.pop(oldest, None)
        return answer

    def knows(self, operation: Operation) -> bool:
        """Whether what the operation refers to is still remembered."""
        return not operation.target or operation.target in self.entries or operation.target in self.holds

    # --- coins in, out and across ---

    def _award(self, operation: Operation) -> Answer:
        return self._plain(operation, operation.amount)

    def _debit(self, operation: Operation) -> Answer:
        return self._plain(operation, -operation.amount)

    def _plain(self, operation: Operation, moved: int) -> Answer:
        if not 1 <= operation.amount <= LARGEST:
            return Answer("DomainError")
        return self._keyed(operation) or self._write(operation, moved)

    def _transfer(self, operation: Operation) -> Answer:
        if not 1 <= operation.amount <= LARGEST or operation.who == operation.other:
            return Answer("DomainError")
        return self._keyed(operation) or self._write(operation, -operation.amount)

    def _adjust(self, operation: Operation) -> Answer:
        if not 1 <= abs(operation.amount) <= LARGEST:
            return Answer("DomainError")
        if before := self.adjustments.get(operation.key):
            return before[1] if before[0] == operation.content else Answer("KeyReused")
        wallet = self.wallets[operation.who]
        if wallet.free + min(operation.amount, 0) < 0:
            return Answer("NotEnoughCoins")
        if wallet.by_hand + abs(operation.amount) > FOUR_EYES:
            answer = Answer(WAITING)
        else:
            wallet.by_hand += abs(operation.amount)
            answer = self._move(operation.who, operation.amount)
            self.told += 1
        self.adjustments[operation.key] = (operation.content, answer)
        return answer

    # --- set aside ---

    def _hold(self, operation: Operation) -> Answer:
        if not 1 <= operation.amount <= LARGEST:
            return Answer("DomainError")
        if before := self.holds.get(operation.key):
            same = before.content == operation.content
            return Answer(DONE, before.amount) if same else Answer("KeyReused")
        wallet = self.wallets[operation.who]
        if wallet.free < operation.amount:
            return Answer("NotEnoughCoins")
        wallet.held += operation.amount
        self.holds[operation.key] = Held(operation.who, operation.amount, operation.content)
        return Answer(DONE, operation.amount)

    def _capture(self, operation: Operation) -> Answer:
        held = self.holds[operation.target]
        if not 1 <= operation.amount <= held.amount:
            return Answer("DomainError")
        if before := self.entries.get(operation.key):
            return before.answer if before.amount == -operation.amount else Answer("KeyReused")
        if held.state != "held":
            return Answer("HoldClosed")
        held.state = "captured"
        self.wallets[held.who].held -= held.amount
        return self._write(operation, -operation.amount)

    def _release(self, operation: Operation) -> Answer:
        held = self.holds[operation.target]
        if held.state == "captured":
            return Answer("HoldClosed")
        if held.state == "held":
            self.wallets[held.who].held -= held.amount
            held.state = "released"
        return Answer(DONE, held.amount)

    # --- back ---

    def _refund(self, operation: Operation) -> Answer:
        origin = self.entries[operation.target]
        if origin.kind not in ("debit", "capture"):
            return Answer("Conflict")
        before = self.entries.get(operation.key)
        left = 0 if origin.corrected_by else -origin.amount - origin.refunded
        is_again = before is not None and before.content[0] == "refund" and before.content[-1] == operation.target
        if not is_again and not 0 < operation.amount <= left:
            return Answer("Conflict")
        if answer := self._keyed(operation):
            return answer
        origin.refunded += operation.amount
        return self._write(operation, operation.amount)

    def _correct(self, operation: Operation) -> Answer:
        origin = self.entries[operation.target]
        if origin.kind == "correct":
            return Answer("Conflict")
        if origin.corrected_by and origin.corrected_by != operation.key:
            return Answer("AlreadyCorrected")
        if not origin.corrected_by and origin.refunded:
            return Answer("Conflict")
        if answer := self._keyed(operation):
            return answer
        answer = self._write(operation, -origin.amount, other=origin.other)
        if answer.outcome == DONE:
            origin.corrected_by = operation.key
        return answer

    # --- the steps of them all ---

    def _keyed(self, operation: Operation) -> Answer | None:
        """The same key and content is the first answer, with other content a refusal."""
        before = self.entries.get(operation.key)
        if before is None:
            return None
        return before.answer if before.content == operation.content else Answer("KeyReused")

    def _write(self, operation: Operation, moved: int, *, other: int | None = None) -> Answer:
        other = operation.other if other is None else other
        leaving = operation.who if moved < 0 else other
        if leaving in self.wallets and self.wallets[leaving].free < abs(moved):
            return Answer("NotEnoughCoins")
        if other in self.wallets:
            self._move(other, -moved)
            self.written -= 1  # one row has both sides
        elif other in self.shared:
            self.given[other] = self.given.get(other, 0) - moved
        answer = self._move(operation.who, moved)
        self.told += operation.kind in ("transfer", "correct")
        self.entries[operation.key] = Entry(operation.kind, operation.who, moved, other, operation.content, answer)
        return answer

    def _move(self, who: int, moved: int) -> Answer:
        wallet = self.wallets[who]
        wallet.balance += moved
        wallet.entries += 1
        self.written += 1
        return Answer(DONE, moved, wallet.balance, wallet.entries)

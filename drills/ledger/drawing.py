"""Draws random operations: most succeed, some repeat or contradict earlier ones, some ask too much."""

from collections.abc import Sequence
from random import Random

from drills.ledger.model import Model, Operation

KINDS = ("award", "debit", "transfer", "hold", "capture", "release", "refund", "correct", "adjust")
WEIGHTS = (24, 16, 16, 8, 6, 5, 8, 4, 4)
IMPOSSIBLE = (0, -7, 10**9 + 1)


class Drawer:
    """One seed's operations. ``name`` begins every key, so that no other seed has it."""

    def __init__(self, name: str, random: Random, wallets: Sequence[int], shared: Sequence[int]) -> None:
        self.name = name
        self.random = random
        self.wallets = wallets
        self.shared = shared
        self.drawn = 0

    def draw(self, model: Model) -> Operation:
        self.drawn += 1
        if model.recent and self.random.random() < 0.08:
            again = self._again(model)
            if again is not None:
                return again
        kind = self.random.choices(KINDS, WEIGHTS)[0]
        who = self.random.choice(self.wallets)
        key = f"{self.name}:{self.drawn}"
        if kind in ("capture", "release"):
            return self._on_hold(kind, key, model) or self._plain("hold", who, key)
        if kind in ("refund", "correct"):
            return self._on_entry(kind, key, model) or self._plain("award", who, key)
        return self._plain(kind, who, key)

    def _amount(self) -> int:
        if self.random.random() < 0.02:
            return self.random.choice(IMPOSSIBLE)
        return self.random.randint(1, self.random.choice((20, 200, 2_000)))

    def _plain(self, kind: str, who: int, key: str) -> Operation:
        if kind == "transfer":
            others = self.shared if self.random.random() < 0.3 else self.wallets
            return Operation(kind, who, self._amount(), key, other=self.random.choice(others))
        if kind == "adjust":
            return Operation(kind, who, self._amount() * self.random.choice((1, 1, -1)), key)
        return Operation(kind, who, self._amount(), key)

    def _on_hold(self, kind: str, key: str, model: Model) -> Operation | None:
        made = [key for key in model.recent if key in model.holds]
        if not made:
            return None
        target = self.random.choice(made)
        held = model.holds[target]
        if kind == "release":
            return Operation(kind, held.who, 0, key, target=target)
        taken = held.amount if self.random.random() < 0.6 else self.random.randint(1, held.amount + 1)
        return Operation(kind, held.who, taken, f"capture {target}", target=target)

    def _on_entry(self, kind: str, key: str, model: Model) -> Operation | None:
        targets = [target for target in model.recent if target in model.entries]
        if kind == "refund" and self.random.random() < 0.9:
            targets = [target for target in targets if model.entries[target].kind in ("debit", "capture")]
        if not targets:
            return None
        target = self.random.choice(targets)
        origin = model.entries[target]
        amount = 0 if kind == "correct" else self.random.randint(1, abs(origin.amount) + 1)
        return Operation(kind, origin.who, amount, key, target=target)

    def _again(self, model: Model) -> Operation | None:
        """Return an earlier operation, or one of its key with another amount."""
        operation = self.random.choice(list(model.recent.values()))
        if not model.knows(operation):
            return None
        if operation.kind in ("correct", "release") or self.random.random() < 0.6:
            return operation
        return Operation(
            operation.kind,
            operation.who,
            operation.amount + 1,
            operation.key,
            other=operation.other,
            target=operation.target,
        )

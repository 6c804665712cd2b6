"""Fifty at once on one wallet, so many times over: what the drill plays with ``--races``."""

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from apps.accounts.models import User
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.selectors.proof import prove
from apps.economy.services import award, debit
from apps.user_profile.models import UserProfile
from drills.teams.races import at_once

SIDES = 50
_serial = count(1)


def spent_from_fifty_sides() -> tuple[Counter[str], bool]:
    """A wallet of 100 DC pays 7 DC fourteen times and not once more."""
    profile = _player()
    award(profile=profile, amount=100, reason="promotion", tell=False)
    ended = at_once([lambda: debit(profile=profile, amount=7, reason="purchase", actor=None)] * SIDES)
    return ended, ended == {"done": 14, "NotEnoughCoins": 36} and _wallet(profile) == (2, 15)


def one_key_fifty_times() -> tuple[Counter[str], bool]:
    """The same request fifty times is one entry, and everybody gets it as the answer."""
    profile, key = _player(), f"race:{next(_serial)}"
    answers: list[int] = []
    ended = at_once(
        [
            lambda: answers.append(
                award(profile=profile, amount=5, reason="promotion", idempotency_key=key, tell=False).pk
            )
        ]
        * SIDES
    )
    return ended, ended == {"done": SIDES} and len(set(answers)) == 1 and _wallet(profile) == (5, 1)


def one_key_for_other_things() -> tuple[Counter[str], bool]:
    """One key with fifty different amounts pays one of them and refuses the others."""
    profile, key = _player(), f"race:{next(_serial)}"
    ended = at_once(
        [
            lambda amount=amount: award(
                profile=profile, amount=amount, reason="promotion", idempotency_key=key, tell=False
            )
            for amount in range(1, SIDES + 1)
        ]
    )
    entry = DeltaCrownTransaction.objects.get(idempotency_key=key)
    return ended, ended == {"done": 1, "KeyReused": SIDES - 1} and _wallet(profile) == (entry.amount, 1)


RACES: dict[str, Callable[[], tuple[Counter[str], bool]]] = {
    "spent-from-fifty-sides": spent_from_fifty_sides,
    "one-key-fifty-times": one_key_fifty_times,
    "one-key-for-other-things": one_key_for_other_things,
}


def run(rounds: int) -> dict[str, Any]:
    """Run each race so often. ``faults`` are answers that are no sentence for a person."""
    figures: dict[str, Any] = {"ok": True, "rounds": rounds}
    for name, race in RACES.items():
        total: Counter[str] = Counter()
        broken = 0
        for _ in range(rounds):
            ended, fine = race()
            total += ended
            broken += not fine
        faults = sum(times for how, times in total.items() if how.startswith("fault"))
        figures[name] = {"broken": broken, "faults": faults, **total}
        figures["ok"] = figures["ok"] and not broken and not faults
    proof = prove()
    return figures | {"audit_faults": proof.count, "ok": figures["ok"] and not proof.count}


def _player() -> UserProfile:
    name = f"racer{next(_serial)}"
    return User.objects.create(username=name, email=f"{name}@example.com").profile


def _wallet(profile: UserProfile) -> tuple[int, int]:
    wallet = DeltaCrownWallet.objects.get(profile=profile)
    return wallet.cached_balance, wallet.entries

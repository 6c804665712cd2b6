"""Named places in low code that higher apps fill, so that the low code never imports them.

A slot is a name; an app registers a callable under it in ``AppConfig.ready``. Order is by ``weight``, then by name
of the callable's module, so that it never depends on import order.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Filling:
    weight: int
    module: str
    fill: Callable[..., Any]


_slots: dict[str, set[Filling]] = defaultdict(set)


def register(slot: str, fill: Callable[..., Any], *, weight: int = 50) -> None:
    """Fill ``slot`` with ``fill``. Registering the same callable again changes nothing."""
    _slots[slot].add(Filling(weight, f"{fill.__module__}.{fill.__qualname__}", fill))


def fillings(slot: str) -> list[Callable[..., Any]]:
    """Return what was registered for ``slot``, lightest first."""
    return [filling.fill for filling in sorted(_slots[slot], key=lambda filling: (filling.weight, filling.module))]

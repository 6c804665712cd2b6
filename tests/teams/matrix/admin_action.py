"""One action of the admin, and who may do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class AdminAction:
    """``make(place)`` returns the row that the action is done to. For all but ``may`` it writes nothing."""

    model: str
    name: str
    may: frozenset[str]
    make: Callable[[Any], Any]
    data: Mapping[str, Any] = field(default_factory=dict)

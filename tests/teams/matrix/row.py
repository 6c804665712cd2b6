"""One address, and what each gets there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.teams.matrix.who import INSIDERS

LOG_IN = "log in"


@dataclass(frozen=True)
class Row:
    """``may`` get ``ok``; visitors are led to the log-in, others get ``refused`` or their own status in ``others``.

    On a private team those who can't see it get 404, unless the address is not about a team that is there
    (``hidden=False``). ``changes`` are those for whom something is written: by default all who may, by POST.
    """

    method: str
    name: str
    may: frozenset[str]
    ok: int = 200
    refused: int = 403
    visitor: int | str = LOG_IN
    hidden: bool = True
    others: Mapping[str, int] = field(default_factory=dict)
    changes: frozenset[str] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    args: Callable[[Any], list[Any]] = lambda place: [place.team.slug]

    def expected(self, who: str, visibility: str) -> tuple[int | str, bool]:
        """Return the status, or ``LOG_IN``, and whether something is written."""
        changes = self.changes if self.changes is not None else self.may if self.method == "post" else frozenset()
        visitor_waits = who == "visitor" and "visitor" not in self.may
        if visitor_waits:
            return self.visitor, False
        if visibility == "private" and self.hidden and who not in INSIDERS:
            return 404, False
        if who in self.may:
            return self.ok, who in changes
        return self.others.get(who, self.refused), False


def no_arguments(place: Any) -> list[Any]:
    return []

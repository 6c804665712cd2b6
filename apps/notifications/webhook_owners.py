"""Who may own Discord channels. A higher app registers its owners here, because this one must not know them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from apps.core.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class OwnerKind:
    """One kind of owner, like teams. Each function gets the owner's id.

    Args:
        model: The model's label, like ``teams.team``; owners are named ``teams.team:12``.
        check: Raises a refusal unless the actor may manage the owner's channels.
        name: How people call the owner.
        people: Ids of the users who are told when a channel stops working.
        page: Path of the page where the channels are managed.
    """

    model: str
    check: Callable[[Any, int], object]
    name: Callable[[int], str]
    people: Callable[[int], Iterable[int]]
    page: Callable[[int], str]


_kinds: dict[str, OwnerKind] = {}


def register(kind: OwnerKind) -> None:
    """Make a kind of owner known. Another one of the same model is refused."""
    if _kinds.setdefault(kind.model, kind) != kind:
        raise ValueError(f"{kind.model} owns Discord channels already.")


def of(owner: str) -> tuple[OwnerKind, int]:
    """Return the kind and the id of ``teams.team:12``. Raises ``NotFound`` when there is no such kind."""
    model, _, pk = owner.partition(":")
    if model not in _kinds or not pk.isdecimal():
        raise NotFound("There is no such Discord channel.")
    return _kinds[model], int(pk)

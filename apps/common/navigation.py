"""Places the frame leads to. An app adds its own in ``AppConfig.ready``; the frame names none."""

from dataclasses import dataclass, field
from typing import Any

from apps.core import slots


@dataclass(frozen=True)
class NavItem:
    """One place: a word, a URL name and an icon of ``apps.common.icons``.

    ``section`` is the path that counts as "inside" this place; without it, the place's own URL.
    """

    label: str
    url_name: str
    icon: str = ""
    kwargs: dict[str, Any] = field(default_factory=dict, hash=False)
    section: str = ""


def add(slot: str, item: NavItem, *, weight: int = 50) -> None:
    """Put ``item`` into ``slot`` for everyone: ``nav``, ``account_menu`` or ``footer``.

    For a place that only some see, register a callable that takes the request and returns a ``NavItem`` or None.
    """

    def place(request: Any) -> NavItem:
        return item

    place.__qualname__ = item.url_name  # slots order equal weights by name
    slots.register(slot, place, weight=weight)

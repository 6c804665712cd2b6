"""Places the frame leads to: bottom bar, header, account menu, footer.

The frame names no app. An app registers a callable in ``AppConfig.ready``; it gets the request and returns a place, or
None when this visitor has no business there::

    slots.register("nav", teams_place, weight=20)

    def teams_place(request: HttpRequest) -> NavItem:
        return NavItem("Teams", "teams:team_list", "users")

Slots of places: ``nav`` (the first five make the bottom bar on phones), ``account_menu``, ``footer``.
"""

from dataclasses import dataclass, field
from typing import Any


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

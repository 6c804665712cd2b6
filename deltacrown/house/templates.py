"""Templates depend as Python does: what they extend, include, link to and take files from stands lower.

The frame (``FRAME_FOLDERS``) may be used by all and names no app (docs/adr/0001).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from deltacrown.house.layers import HEIGHT, may_use

# Folders that other people's apps look their templates up in, and who writes them here.
ADOPTED = {
    "account": "accounts",
    "mfa": "accounts",
    "socialaccount": "accounts",
    "usersessions": "accounts",
    "allauth": "accounts",
    "admin": "core",
    "unfold": "core",
    "django": "common",
}
FRAME = "frame"
FRAME_FOLDERS = ("siteui/base", "siteui/components/", "siteui/forms/", "siteui/frame/")

_USES = re.compile(
    r"""\{%\s*(?:extends|include|static|url)\s+["'](?P<name>[^"']+)["']"""
    r"""|hx-(?:get|post)="\{%\s*url\s+'(?P<hx>[^']+)'"""
)
_COMMENTS = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.DOTALL)


def owner(name: str) -> str | None:
    """Return the app that owns a template, a static file or a URL name; ``None`` when it is not one of ours."""
    if name.startswith(FRAME_FOLDERS):
        return FRAME
    first = re.split(r"[/:]", name, maxsplit=1)[0]
    if ":" not in name:
        first = ADOPTED.get(first, first)
    return first if first in HEIGHT else None


def find(folder: Path) -> Iterator[str]:
    """Yield a sentence for each use in the templates below ``folder`` that points upwards or sideways."""
    for path in sorted(folder.rglob("*.html")) + sorted(folder.rglob("*.txt")):
        name = path.relative_to(folder).as_posix()
        user = owner(name)
        if user is None:
            if "/" in name:
                yield f"{name}: no app is called {name.split('/')[0]}"
            continue
        for match in _USES.finditer(_COMMENTS.sub("", path.read_text())):
            used_name = match["name"] or match["hx"]
            used = owner(used_name)
            # What the design system owns besides templates is the frame's as well.
            if used is None or used == FRAME or (user == FRAME and used == "siteui"):
                continue
            if user == FRAME or not may_use(user, used):
                floor = "the frame names no app" if user == FRAME else f"{user} stands below {used}"
                yield f"{name} uses {used_name}: {floor}"

"""The icons pages may use, by name.

They are drawn into the page: a sprite would be one more request, would appear late, and a browser takes it from the
page's own origin only, while static files may come from another.
"""

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import lucide

# Drawn by Lucide (ISC licence).
LUCIDE = frozenset(
    [
        "activity",
        "archive",
        "arrow-down",
        "arrow-left",
        "arrow-right",
        "arrow-up",
        "arrow-up-right",
        "at-sign",
        "award",
        "badge-check",
        "ban",
        "bell",
        "book-open",
        "bookmark",
        "calendar",
        "chart-line",
        "check",
        "chevron-down",
        "chevron-left",
        "chevron-right",
        "chevron-up",
        "circle",
        "circle-alert",
        "circle-check",
        "circle-question-mark",
        "circle-user",
        "circle-x",
        "clock",
        "coins",
        "copy",
        "credit-card",
        "database",
        "download",
        "ellipsis",
        "external-link",
        "eye",
        "eye-off",
        "file-down",
        "file-text",
        "flag",
        "funnel",
        "gamepad-2",
        "gift",
        "globe",
        "hash",
        "heart",
        "history",
        "hourglass",
        "house",
        "image",
        "inbox",
        "info",
        "key-round",
        "laptop",
        "layout-grid",
        "life-buoy",
        "link",
        "link-2",
        "list",
        "list-checks",
        "lock",
        "log-in",
        "log-out",
        "mail",
        "mail-check",
        "map-pin",
        "megaphone",
        "menu",
        "message-circle",
        "messages-square",
        "minus",
        "monitor",
        "moon",
        "package",
        "pause",
        "pencil",
        "pin",
        "play",
        "plus",
        "receipt",
        "refresh-cw",
        "rotate-ccw",
        "scale",
        "search",
        "send",
        "server",
        "settings",
        "share-2",
        "shield",
        "shield-alert",
        "shield-check",
        "shopping-bag",
        "shopping-cart",
        "smartphone",
        "star",
        "store",
        "sun",
        "swords",
        "tag",
        "thumbs-up",
        "ticket",
        "trash-2",
        "triangle-alert",
        "trophy",
        "truck",
        "upload",
        "user",
        "user-check",
        "user-cog",
        "user-minus",
        "user-plus",
        "user-round-pen",
        "users",
        "video",
        "wallet",
        "wifi-off",
        "x",
        "zap",
    ]
)

# Our own, on the same 24-pixel grid with the same 2-pixel line.
OWN = {
    "crown": '<path d="M3 7l4.5 5L12 4l4.5 8L21 7l-2 12H5z"/>',
    "delta": '<path d="M12 4l9.5 16h-19z"/>',
    "crown-line": '<path d="M2 9l5 6 5-9 5 9 5-6"/>',
    "coin": '<path d="M12 2.5l8.2 4.75v9.5L12 21.5l-8.2-4.75v-9.5z"/><path d="M12 8l4 7H8z"/>',
}

NAMES = LUCIDE | OWN.keys()


@cache
def shapes() -> dict[str, str]:
    """Return the inside of each icon's SVG. Read once per process."""
    found = dict(OWN)
    with ZipFile(Path(lucide.__file__).with_name("lucide.zip")) as archive:
        for name in LUCIDE:
            root = ET.fromstring(archive.read(f"{name}.svg"))  # noqa: S314 - icons of a package we pin
            for element in root.iter():
                element.tag = element.tag.rpartition("}")[2]  # inside a page, SVG needs no namespace
                element.tail = None
            found[name] = "".join(ET.tostring(child, encoding="unicode").replace(" />", "/>") for child in root)
    return found

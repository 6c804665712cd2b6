"""One spelling for a name that people type: what looks the same must be the same, or names can be imitated."""

import re
import unicodedata

# Joiners shape Bangla conjuncts. Behind any other letter they are invisible, which only an imitator wants.
_STRAY_JOINER = re.compile("(?<![\u0980-\u09ff])[\u200c\u200d]")


def tidy(name: str) -> str:
    """Return ``name`` in compatibility form, without invisible characters, with single spaces.

    Full-width and other dressed-up Latin letters become plain ones; direction marks and control characters go.
    """
    name = unicodedata.normalize("NFKC", name)
    name = _STRAY_JOINER.sub("", name)
    kept = (
        char
        for char in name
        if char in "\u200c\u200d" or unicodedata.category(char) not in {"Cf", "Cc", "Co", "Cn"} or char.isspace()
    )
    return " ".join("".join(kept).split())

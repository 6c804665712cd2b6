"""What people type into one field, cleaned or refused with a sentence. Forms and services share these rules."""

import re
import unicodedata

from apps.corelib import display_names
from apps.corelib.game_ids import plain_digits


class InputError(ValueError):
    """An input that can't be used. ``str()`` is the sentence for the person."""


# Marks that turn the direction of what follows, or that nobody sees. The joiners U+200C and U+200D stay, Bangla
# needs them.
_HIDDEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\ufff9-\ufffc]")
_BLANK_LINES = re.compile(r"\n{3,}")
_PHONE = re.compile(r"[+][1-9][0-9]{7,14}")
_MOBILE_BD = re.compile(r"(?:880|0)?(1[3-9][0-9]{8})")


def one_line(text: str) -> str:
    """Compose, drop hidden marks and control characters, make any run of white space one space."""
    return " ".join(_visible(text).split())


def paragraphs(text: str) -> str:
    """Like :func:`one_line` for text of several lines: at most one blank line in a row, none at the ends."""
    lines = (" ".join(line.split()) for line in _visible(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def display_name(text: str, *, longest: int = 40) -> str:
    """Return a name that others can read. Raises :class:`InputError`."""
    name = one_line(display_names.tidy(text))
    letters = sum(unicodedata.category(char)[0] in "LN" for char in name)
    if letters < 2:
        raise InputError("A name has at least two letters or digits.")
    if len(name) > longest:
        raise InputError(f"A name has at most {longest} characters. Yours has {len(name)}.")
    # Stacked marks draw over the lines above; no script needs more than four in a row.
    if re.search(r"[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]{4}", unicodedata.normalize("NFD", name)):
        raise InputError("This name has too many marks on one letter.")
    return name


def phone(text: str) -> str:
    """Return a number as ``+8801712345678``; a Bangladeshi mobile may be typed as 01712-345678. Empty stays empty."""
    typed = re.sub(r"[\s().\-\u2010-\u2015]", "", plain_digits(one_line(text)).replace("＋", "+"))
    if not typed:
        return ""
    typed = re.sub(r"^00(?=[1-9])", "+", typed)
    local = _MOBILE_BD.fullmatch(typed.removeprefix("+"))
    if local:
        return f"+880{local[1]}"
    if _PHONE.fullmatch(typed):
        return typed
    raise InputError("A phone number looks like 01712-345678 or, from abroad, +44 20 7946 0958.")


def _visible(text: str) -> str:
    text = _HIDDEN.sub("", unicodedata.normalize("NFC", text))
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Co"))

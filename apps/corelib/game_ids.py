"""What a player types to say who they are in a game, and how to help when it is wrong.

Pure text rules. Harmless differences (spaces, full-width or Bangla digits, a pasted profile link) are repaired
silently; everything else is refused with the rule, what is wrong with this input, and an example.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field


class GameIdError(ValueError):
    """An ID that cannot be right. ``str()`` is the sentence for the person; ``field`` names the input."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class IdField:
    """One input that identifies a player in a game.

    Attributes:
        name: The column of ``UserProfile``.
        pattern: What a repaired value matches in full. The same text is the database's check, so it keeps to
            syntax that Python and PostgreSQL read alike.
        coach: The rule in one sentence.
        where: Where the player finds it in the game.
        repair: Removes harmless differences.
        diagnose: Says what is wrong with a repaired value that does not match.
        numeric: Whether a phone should show its number pad.
    """

    name: str
    label: str
    pattern: str
    example: str
    coach: str
    where: str
    repair: Callable[[str], str]
    diagnose: Callable[[str], str]
    max_length: int
    numeric: bool = False
    _regex: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_regex", re.compile(self.pattern))

    def clean(self, typed: str) -> str:
        """Return the ID as it is stored; an empty input stays empty. Raises :class:`GameIdError`."""
        value = self.repair(typed)
        if not value or self._regex.fullmatch(value):
            return value
        raise GameIdError(f"{self.coach} {self.diagnose(value)} Example: {self.example}.", field=self.name)


# Full-width and typographic forms of what separates the parts of an ID.
_SIGNS = str.maketrans("＃﹟－–—−．／（）＿", "##----./()_")
_STEAM_LINK = re.compile(r"^(?:https?://)?(?:www\.)?steamcommunity\.com/profiles/", re.IGNORECASE)


def plain_digits(text: str) -> str:
    """Write every decimal digit (Bangla ১২৩, full-width １２３, …) as ASCII."""
    values = ((char, unicodedata.decimal(char, None)) for char in text)
    return "".join(char if value is None else str(value) for char, value in values)


def tidy(text: str) -> str:
    """Compose, drop invisible marks, and turn any run of white space into one space."""
    seen = (char for char in unicodedata.normalize("NFC", text) if char.isspace() or not _is_invisible(char))
    return " ".join("".join(seen).translate(_SIGNS).split())


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")


def _repair_digits(text: str) -> str:
    return plain_digits(tidy(text)).replace(" ", "").replace("-", "")


def _repair_steam(text: str) -> str:
    return _repair_digits(_STEAM_LINK.sub("", tidy(text)).rstrip("/"))


def _repair_riot(text: str) -> str:
    name, sign, tag = tidy(text).partition("#")
    return name.strip() + sign + unicodedata.normalize("NFKC", plain_digits(tag)).replace(" ", "")


def _repair_handle(text: str) -> str:
    return unicodedata.normalize("NFKC", plain_digits(tidy(text))).replace(" ", "").removeprefix("@")


def _quote(text: str) -> str:
    return f"“{text if len(text) <= 24 else text[:23] + '…'}”"


def _diagnose_digits(low: int, high: int) -> Callable[[str], str]:
    def diagnose(value: str) -> str:
        wrong = next((char for char in value if not ("0" <= char <= "9")), None)
        if wrong:
            return f"You typed {_quote(wrong)}, which is not a digit."
        if not low <= len(value) <= high:
            return f"You typed {_count(len(value), 'digit')}."
        return "An ID does not start with 0."

    return diagnose


def _diagnose_steam(value: str) -> str:
    if not value.isascii() or not value.isdigit():
        return "You typed something other than digits; a custom profile name is not the ID."
    if len(value) != 17:
        return f"You typed {_count(len(value), 'digit')}."
    return f"You typed a number that starts with {value[:7]}."


def _diagnose_riot(value: str) -> str:
    if "#" not in value:
        return "You typed no #."
    name, _, tag = value.partition("#")
    if "#" in tag:
        return "You typed more than one #."
    if not 3 <= len(name) <= 16:
        return f"The name before # has {_count(len(name), 'character')}."
    if not 3 <= len(tag) <= 5:
        return f"The tag after # has {_count(len(tag), 'character')}."
    return f"The tag {_quote(tag)} has something other than letters A–Z and digits."


def _diagnose_handle(low: int, high: int) -> Callable[[str], str]:
    def diagnose(value: str) -> str:
        if not low <= len(value) <= high:
            return f"You typed {_count(len(value), 'character')}."
        wrong = next((char for char in value if not re.match(r"[A-Za-z0-9._-]", char)), value[0])
        return f"You typed {_quote(wrong)}."

    return diagnose


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def digits_field(name: str, label: str, *, low: int, high: int, example: str, where: str) -> IdField:
    """Return an ID of ``low`` to ``high`` digits that does not start with 0."""
    return IdField(
        name=name,
        label=label,
        pattern=rf"^[1-9][0-9]{{{low - 1},{high - 1}}}$",
        example=example,
        coach=f"{label} is {low}–{high} digits.",
        where=where,
        repair=_repair_digits,
        diagnose=_diagnose_digits(low, high),
        max_length=high,
        numeric=True,
    )


def handle_field(name: str, label: str, *, low: int, high: int, example: str, where: str) -> IdField:
    """Return an ID of ``low`` to ``high`` letters, digits, dots, hyphens and underscores."""
    return IdField(
        name=name,
        label=label,
        pattern=rf"^[A-Za-z0-9._-]{{{low},{high}}}$",
        example=example,
        coach=f"{label} is {low}–{high} letters, digits, dots, hyphens or underscores.",
        where=where,
        repair=_repair_handle,
        diagnose=_diagnose_handle(low, high),
        max_length=high,
    )


RIOT_ID = IdField(
    name="riot_id",
    label="Riot ID",
    pattern=r"^[^#]{3,16}#[A-Za-z0-9]{3,5}$",
    example="Rafi#BD1",
    coach="Riot ID looks like Name#TAG: 3–16 characters, #, 3–5 letters or digits.",
    where="Click your name in the Riot client; it is under your level.",
    repair=_repair_riot,
    diagnose=_diagnose_riot,
    max_length=22,
)
STEAM_ID = IdField(
    name="steam_id",
    label="SteamID64",
    pattern=r"^7656119[0-9]{10}$",
    example="76561198000000042",
    coach="SteamID64 is 17 digits that start with 7656119.",
    where="In Steam, open Account details; it is under your name.",
    repair=_repair_steam,
    diagnose=_diagnose_steam,
    max_length=17,
    numeric=True,
)
EFOOTBALL_ID = handle_field(
    "efootball_id",
    "eFootball ID",
    low=3,
    high=32,
    example="ABCD-123-456-789",
    where="In eFootball, open Extras, then User information.",
)
EA_ID = handle_field(
    "ea_id", "EA ID", low=4, high=16, example="rafi_fc26", where="In your EA account, open About me; it is the EA ID."
)
MLBB_ID = digits_field(
    "mlbb_id",
    "MLBB ID",
    low=6,
    high=12,
    example="123456789",
    where="Tap your picture in the game; it is the number before the brackets.",
)
MLBB_SERVER_ID = digits_field(
    "mlbb_server_id", "MLBB server ID", low=3, high=6, example="2345", where="The number inside the brackets."
)
CODM_UID = digits_field(
    "codm_uid",
    "CODM UID",
    low=6,
    high=20,
    example="6742301234567890123",
    where="Open Settings, then Legal and privacy; the UID stands at the bottom.",
)
FREE_FIRE_ID = digits_field(
    "free_fire_id",
    "Free Fire ID",
    low=6,
    high=12,
    example="1234567890",
    where="Tap your picture in the lobby; it is under your name.",
)
PUBG_MOBILE_ID = digits_field(
    "pubg_mobile_id",
    "PUBG Mobile ID",
    low=6,
    high=12,
    example="5123456789",
    where="Tap your picture in the lobby; it is under your name.",
)

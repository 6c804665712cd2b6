"""Takes secrets and personal data out of what leaves the process sideways: log lines and error reports.

By name where there is one (``{"password": …}``), by form everywhere else. It errs on the side of hiding: a hidden word
costs a question, a leaked one cannot be called back.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

SECRET = "[secret]"  # noqa: S105 - what stands in its place
PERSONAL = "[personal]"

_TELLING_NAME = (
    r"passw(?:or)?d|passphrase|pwd|secret|token|api_?-?key|private_?-?key|authori[sz]ation|credential|cookie"
    r"|session_?-?(?:id|key)|csrf|xsrf|recovery_?-?codes?|signature|(?<![a-z])(?:t?otp|dsn)(?![a-z])"
)
_SECRET_FIELD = re.compile(rf"{_TELLING_NAME}|^session$", re.IGNORECASE)
_PERSONAL_FIELD = re.compile(
    r"e_?-?mail|phone|mobile|msisdn|(?:^|[_-])ip(?:[_-]?address)?(?:$|[_-])|remote_?addr|forwarded|client_addr|date_of_birth",
    re.IGNORECASE,
)
_VALUE = r"""b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'|\[[^\]]*\]|\([^)]*\)|[^\s,;&)}\]"']+"""

# Order matters: a URL with a password looks like an e-mail address, a cookie header like one name and value.
# Each pattern may start only where its first character class starts, so that long hostile texts take linear time.
_TEXT: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"((?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://)[^/\s@'\"]*@", re.IGNORECASE), rf"\1{SECRET}@"),
    (re.compile(r"((?:set-)?cookies?[\"']?\s*[:=]\s*)[^\r\n]+", re.IGNORECASE), rf"\1{SECRET}"),
    (
        re.compile(r"(authori[sz]ation[\"']?\s*[:=]\s*[\"']?)(?:[a-z]+\s+)?[^\s\"',}]+", re.IGNORECASE),
        rf"\1{SECRET}",
    ),
    (re.compile(r"\b(bearer\s+)[^\s\"',}]+", re.IGNORECASE), rf"\1{SECRET}"),
    (
        re.compile(
            rf"((?<![\w-])[\w-]{{0,60}}(?:{_TELLING_NAME})[\w-]{{0,60}}[\"')\]]{{0,3}}\s*[:=]\s*)(?:{_VALUE})",
            re.IGNORECASE,
        ),
        rf"\1{SECRET}",
    ),
    (re.compile(r"(/api/(?:v\d+/)?webhooks/\d+/)[\w.~-]+"), rf"\1{SECRET}"),  # Discord's webhooks
    # PostgreSQL quotes the row that it refuses, and the text that it cannot read.
    (re.compile(r"(DETAIL:\s+).*?(?=\n(?:HINT|CONTEXT|LINE|QUERY)\b|\n\n|\Z)", re.DOTALL), rf"\1{PERSONAL}"),
    (re.compile(r"(invalid input (?:syntax|value) for [^:\n]{1,60}: )\"[^\"]*\""), rf"\1{PERSONAL}"),
    (re.compile(r"(\bLINE \d+: ).*?(?=\n\s*\^|\Z)", re.DOTALL), rf"\1{PERSONAL}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), SECRET),  # JSON Web Token
    (re.compile(r"(?<![\w=-])[\w=-]+:[0-9A-Za-z]{6}:[\w-]{43}(?![\w-])"), SECRET),  # Django's signed values
    (re.compile(r"\b[0-9a-z]{1,13}-[0-9a-f]{32}\b"), SECRET),  # Django's reset tokens
    (re.compile(r"\b(?=[0-9a-z]*[g-z])(?=[0-9a-z]*[0-9])[0-9a-z]{32}\b"), SECRET),  # session keys
    (re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*[0-9])[\w-]{40,}"), SECRET),  # random tokens
    (re.compile(r"(?<![\w.+-])[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), PERSONAL),  # e-mail addresses
    (re.compile(r"(?<![\w.+-])\+\d{1,3}[ -]?\(?\d(?:[ ()-]?\d){6,12}(?![\w-])"), PERSONAL),  # phones, international
    (re.compile(r"(?<![\w.+-])(?:88)?01[3-9](?:[ -]?\d){8}(?![\w-])"), PERSONAL),  # phones of Bangladesh
]
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)|[0-9a-f]{0,4}:[0-9a-f:]*:[0-9a-f:.]*)", re.IGNORECASE
)


# One short word: levels, loggers, methods. None of the forms above is one, and most fields are.
_WORD = re.compile(r"[A-Za-z_.]{0,31}\Z")


def scrub_text(text: str) -> str:
    """Return ``text`` without secrets, e-mail addresses, phone numbers and the network addresses of people."""
    if _WORD.match(text):
        return text
    for pattern, instead in _TEXT:
        text = pattern.sub(instead, text)
    return _ADDRESS.sub(_hide_address, text)


# An error quotes what it was given. A plain word is the name of something; anything else may be somebody's.
_QUOTED = re.compile(r"""(?<![\w])(['"])(?![A-Za-z_.]{0,60}\1)(?:\\.|(?!\1).)*\1""", re.DOTALL)
_HIDDEN = "'[…]'"
# A database's error quotes values in many ways, and statements with the values in them. Names of things are told.
_NAMES = r"""(?:[^"'\n(]|(?<=constraint )"[\w.]+"|(?<=relation )"[\w.]+"|(?<=column )"[\w.]+")*"""
_DATABASE = re.compile(
    rf"^((?:psycopg\.errors|django\.db\.utils)\.\w+: {_NAMES})"
    r".*?(?=\n\nThe above exception was|\n\nDuring handling of the above|\Z)",
    re.DOTALL | re.MULTILINE,
)
_DATABASE_WORDS = re.compile(rf"({_NAMES}).*", re.DOTALL)
_SOURCE = re.compile(r"((?:^  [^\n]*(?:\n|\Z))+)", re.MULTILINE)


def without_quotes(text: str) -> str:
    """Return the words of an error without what they quote."""
    return _QUOTED.sub(_HIDDEN, text)


def database_words(text: str) -> str:
    """Return what a database's error says, up to where it begins to quote values."""
    return _DATABASE_WORDS.sub(r"\1", text).rstrip(" :")


def scrub_trace(trace: str) -> str:
    """Return a trace without secrets and without what its errors quote. Indented lines are source of ours."""
    parts = _SOURCE.split(_DATABASE.sub(r"\1[…]", trace))
    # Every second part is source.
    return scrub_text("".join(part if index % 2 else without_quotes(part) for index, part in enumerate(parts)))


def scrub(value: Any, *, depth: int = 6) -> Any:
    """Return ``value`` with all texts in it scrubbed, and what stands under a telling name hidden whole.

    Mappings, lists, tuples and sets are walked; other objects come back as they are. Below ``depth`` nothing is kept.
    """
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        return scrub_text(value)
    if not isinstance(value, Mapping | list | tuple | set | frozenset):
        return value
    if depth == 0:
        return "[…]"
    if isinstance(value, Mapping):
        return {scrub_text(str(name)): scrub_named(name, inner, depth=depth - 1) for name, inner in value.items()}
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str | bytes):  # a header, a form field
        name = scrub(value[0])
        return (name, scrub_named(name, value[1], depth=depth - 1))
    walked = [scrub(inner, depth=depth - 1) for inner in value]
    return tuple(walked) if isinstance(value, tuple) else walked


def scrub_named(name: Any, value: Any, *, depth: int = 6) -> Any:
    """Return ``value`` as it may be shown under ``name``."""
    if value is None or isinstance(value, bool):
        return value
    if is_secret_name(str(name)):
        return SECRET
    if _PERSONAL_FIELD.search(str(name)):
        return PERSONAL
    return scrub(value, depth=depth)


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds something that nobody may read."""
    return _SECRET_FIELD.search(name) is not None


def _hide_address(match: re.Match[str]) -> str:
    """Hide an address unless it is nobody's: this machine, or none. What is no address at all stays."""
    try:
        address = ipaddress.ip_address(match.group())
    except ValueError:
        return match.group()
    return match.group() if address.is_loopback or address.is_unspecified else PERSONAL

"""Places elsewhere that people and teams link to, each only to its own hosts."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from apps.corelib.typed import InputError, one_line

_HANDLE = re.compile(r"@?([A-Za-z0-9._-]{2,40})")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})")
_LONGEST = 200


@dataclass(frozen=True)
class LinkKind:
    """One service.

    Attributes:
        hosts: Its own hosts, without ``www.`` and ``m.``; none means any public host.
        from_handle: How a bare ``@name`` becomes an address; ``None`` where the service has no such thing.
    """

    code: str
    label: str
    hosts: frozenset[str]
    example: str
    from_handle: Callable[[str], str] | None = None


def _kind(code: str, label: str, hosts: str, example: str, handle: str = "") -> tuple[str, LinkKind]:
    return code, LinkKind(code, label, frozenset(hosts.split()), example, handle.format if handle else None)


LINK_KINDS: dict[str, LinkKind] = dict(
    (
        _kind("youtube", "YouTube", "youtube.com youtu.be", "https://youtube.com/@name", "https://www.youtube.com/@{}"),
        _kind("twitch", "Twitch", "twitch.tv", "https://twitch.tv/name", "https://www.twitch.tv/{}"),
        _kind("discord", "Discord", "discord.gg discord.com discordapp.com", "https://discord.gg/invite"),
        _kind(
            "facebook",
            "Facebook",
            "facebook.com fb.com fb.me web.facebook.com",
            "https://facebook.com/name",
            "https://www.facebook.com/{}",
        ),
        _kind("x", "X", "x.com twitter.com", "https://x.com/name", "https://x.com/{}"),
        _kind("instagram", "Instagram", "instagram.com", "https://instagram.com/name", "https://www.instagram.com/{}"),
        _kind("tiktok", "TikTok", "tiktok.com vm.tiktok.com", "https://tiktok.com/@name", "https://www.tiktok.com/@{}"),
        _kind("website", "Website", "", "https://example.com"),
    )
)


def clean_link(code: str, typed: str) -> str:
    """Return the address to store; empty stays empty.

    A missing ``https://`` is added and a bare handle completed. An address of another service, a raw IP address, a
    port or a login in the address is refused: a link must lead where its icon says.

    Raises:
        InputError: With the reason and an example.
    """
    kind = LINK_KINDS[code]
    text = one_line(typed).replace(" ", "")
    if not text:
        return ""
    handle = _HANDLE.fullmatch(text)
    if kind.from_handle and handle and (text.startswith("@") or "." not in text):
        return kind.from_handle(handle[1])
    scheme, colon, rest = text.partition("://")
    if not colon:
        scheme, rest = "https", text
    try:
        parts = urlsplit(f"{scheme.lower()}://{rest}")
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise InputError(_example(kind)) from None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or "\\" in text:
        raise InputError(_example(kind))
    if parts.username is not None or parts.password is not None or port not in (None, 80, 443):
        raise InputError(f"Leave out login and port. {_example(kind)}")
    if kind.hosts:
        plain = re.sub(r"^(?:www|m)\.", "", host)
        if plain not in kind.hosts:
            raise InputError(f"This leads to {host}, not to {kind.label}. {_example(kind)}")
        if not parts.path.strip("/"):
            raise InputError(f"This is {kind.label} itself. Add your name. {_example(kind)}")
    address = urlunsplit(("https" if kind.hosts else parts.scheme, host, parts.path, parts.query, ""))
    if len(address) > _LONGEST:
        raise InputError(f"The address is longer than {_LONGEST} characters.")
    return address


def clean_secure_link(code: str, typed: str) -> str:
    """Return what :func:`clean_link` does, and refuse an address without TLS. Raises ``InputError``."""
    address = clean_link(code, typed)
    if address and not address.startswith("https://"):
        raise InputError("The address must begin with https://.")
    return address


def _example(kind: LinkKind) -> str:
    return f"{kind.label} looks like {kind.example}."

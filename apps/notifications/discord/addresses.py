"""Reads the address of a webhook that somebody pasted. What is not exactly Discord's is refused with its reason.

Only the two parts that differ between webhooks are kept. The address that is called is built from a constant host, so
nothing that a person wrote decides where the platform connects to.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from apps.core.errors import DomainError

HOST = "discord.com"
# Discord shows its addresses under all of these; a webhook is the same under each.
HOSTS = frozenset({HOST, "discordapp.com", "canary.discord.com", "ptb.discord.com"})
EXAMPLE = "https://discord.com/api/webhooks/…"
LONGEST = 300

_PATH = re.compile(r"/api/webhooks/(?P<id>[1-9][0-9]{15,19})/(?P<token>[A-Za-z0-9_-]{60,100})")
# A snowflake is 64 bits of which the sign stays free.
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class WebhookAddress:
    """The two parts of a webhook. Whoever has the token may post, so it is never shown or logged."""

    discord_id: int
    token: str = field(repr=False)

    @property
    def path(self) -> str:
        return f"/api/webhooks/{self.discord_id}/{self.token}"


def parse(text: str) -> WebhookAddress:
    """Return the webhook that this address names.

    Raises:
        DomainError: It is not exactly the address of a Discord webhook; the message says what is wrong.
    """
    if not text:
        raise _refused("Paste the webhook's address.")
    if len(text) > LONGEST:
        raise _refused(f"This is longer than {LONGEST} characters; a webhook's address is not.")
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise _refused("The address holds a space or a character that Discord's addresses never have.")
    if not text.lower().startswith("https://"):
        raise _refused("The address must begin with https:// and nothing else.")
    rest = text[len("https://") :]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise _refused("The address holds a user name or password before the host; Discord's have none.")
    if ":" in authority or "[" in authority:
        raise _refused("The address names a port or a number instead of Discord's host.")
    if authority.lower() not in HOSTS:
        raise _refused("This is not an address of discord.com.")
    if "?" in rest or "#" in rest:
        raise _refused("Leave out what follows the ? or # in the address.")
    found = _PATH.fullmatch(urlsplit(text).path)
    if found is None or int(found["id"]) > _LARGEST_ID:
        raise _refused("This is an address of Discord, but not one of a webhook.")
    return WebhookAddress(discord_id=int(found["id"]), token=found["token"])


def _refused(reason: str) -> DomainError:
    return DomainError(f"{reason} A webhook's looks like {EXAMPLE}", field="url")

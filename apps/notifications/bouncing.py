"""Reads why a mail was refused or came back: whether the address is at fault, and which mail of ours it was."""

import re
from dataclasses import dataclass
from email.message import Message

from django.core import signing
from django.utils.crypto import constant_time_compare

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# What servers say without a status of RFC 3463 when there is no such mailbox (RFC 5321, 4.2.3).
_BARE_CODES = frozenset({550, 551, 553})
_NOT_THE_ADDRESS = re.compile(
    r"spam|block|polic|reputation|blacklist|denied|relay|dmarc|spf|dkim|rate|greylist", re.IGNORECASE
)
_MESSAGE_ID = re.compile(r"<?notification\.(\d{1,18})\.([\w-]{16})@[^>\s]+>?")
_SALT = "notifications.message_id"


@dataclass(frozen=True)
class Bounce:
    """One recipient of a report that a mail was not delivered (RFC 3464)."""

    address: str
    reason: str
    # Of the mail that came back. Signed, so that nobody makes up bounces of others' addresses.
    notification_id: int | None
    is_final: bool


def blames_address(code: int, text: str) -> bool:
    """Return whether a refusal for good says that the mailbox is the trouble, and not what we sent or who we are."""
    if code < 500:
        return False
    status = _STATUS.search(text)
    if status:
        return status_blames_address(status.group())
    return code in _BARE_CODES and not _NOT_THE_ADDRESS.search(text)


def status_blames_address(status: str) -> bool:
    """The same for an enhanced status code: no such mailbox or domain, or a mailbox that was closed (RFC 3463)."""
    kind, subject, detail = status.split(".")
    return kind == "5" and (subject in ("0", "1") or (subject, detail) == ("2", "1"))


def message_token(notification_id: int) -> str:
    """Return what makes the id of a mail impossible to guess."""
    return signing.Signer(salt=_SALT).signature(str(notification_id))[:16]


def read_message_id(text: str) -> int | None:
    """Return which notification's mail has this Message-ID, nothing when we never sent it."""
    found = _MESSAGE_ID.search(text)
    if found is None or not constant_time_compare(message_token(int(found[1])), found[2]):
        return None
    return int(found[1])


def read_report(report: Message) -> list[Bounce]:
    """Return what a delivery report says about each recipient; nothing when it is no report."""
    notification_id = None
    fields: list[Message] = []
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            # Its first block is about the report; each further one about a recipient.
            fields += [block for block in part.walk() if block is not part]
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            notification_id = notification_id or read_message_id(_original(part))
    return [bounce for block in fields if (bounce := _bounce(block, notification_id))]


def _original(part: Message) -> str:
    inner = part.get_payload()
    if isinstance(inner, list):
        return str(inner[0]["Message-ID"] or "") if inner and isinstance(inner[0], Message) else ""
    found = re.search(r"^message-id:\s*(\S+)", str(inner), re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""


def _bounce(block: Message, notification_id: int | None) -> Bounce | None:
    address = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "").rpartition(";")[2].strip()
    if not address:
        return None
    status = str(block.get("Status", "")).strip()
    said = " ".join(str(block.get("Diagnostic-Code", "")).rpartition(";")[2].split())
    failed = str(block.get("Action", "")).strip().lower() == "failed"
    return Bounce(
        address=address,
        reason=f"{status} {said}".strip()[:500].replace("\x00", ""),
        notification_id=notification_id,
        is_final=failed and bool(_STATUS.fullmatch(status)) and status_blames_address(status),
    )

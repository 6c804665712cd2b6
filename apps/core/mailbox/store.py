"""Mails as files, newest last by name. Written whole or not at all, so a page never reads half a mail."""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"(?P<nanoseconds>\d{19})-[0-9a-f]{8}\Z")


@dataclass(frozen=True)
class StoredMail:
    """A mail and when it was sent."""

    id: str
    at: datetime
    raw: bytes
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(no subject)")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def recipients(self) -> str:
        return str(self.message["To"] or self.message["X-Envelope-To"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def attachments(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return part.get_content() if part is not None else ""


def directory() -> Path:
    """Return the folder of the mails, made when it is missing."""
    path = Path(settings.EMAIL_FILE_PATH)
    path.mkdir(parents=True, exist_ok=True)
    return path


def save(raw: bytes) -> str:
    """Keep a mail and return its id."""
    mail_id = f"{time.time_ns():019d}-{secrets.token_hex(4)}"
    unfinished = directory() / f".{mail_id}.part"
    unfinished.write_bytes(raw)
    unfinished.rename(directory() / f"{mail_id}.eml")
    return mail_id


def newest(*, before: str = "", limit: int) -> list[StoredMail]:
    """Return mails, newest first, that are older than the mail ``before``."""
    names = sorted((path.stem for path in directory().glob("*.eml") if _NAME.match(path.stem)), reverse=True)
    if before:
        names = [name for name in names if name < before]
    # Another process may clear the mailbox meanwhile.
    return [mail for name in names[:limit] if (mail := find(name)) is not None]


def count() -> int:
    return sum(1 for path in directory().glob("*.eml") if _NAME.match(path.stem))


def find(mail_id: str) -> StoredMail | None:
    """Return one mail. The name is checked first: it comes from a URL."""
    match = _NAME.match(mail_id)
    if match is None:
        return None
    try:
        raw = (directory() / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    at = datetime.fromtimestamp(int(match["nanoseconds"]) / 1e9, tz=UTC)
    return StoredMail(id=mail_id, at=at, raw=raw, message=message_from_bytes(raw, policy=policy.default))


def clear() -> int:
    """Delete every mail. Returns how many there were."""
    deleted = 0
    for path in directory().glob("*.eml"):
        if _NAME.match(path.stem):
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted

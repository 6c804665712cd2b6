"""The page that comes with each set: what is in it, from when, and how every part is recognised. It is signed.

The signature is made with a key that comes from SECRET_KEY, so that whoever can write to a place where backups lie
cannot make one that we would restore.
"""

import hmac
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from apps.core.backups import files
from apps.core.backups.errors import BackupRefused, Damaged
from apps.core.backups.files import Print
from apps.core.backups.fingerprints import Fingerprint

FORMAT = 1
NAME = "manifest.json"
SIGNATURE = "manifest.signature"
_SALT = "apps.core.backups.manifest"


@dataclass(frozen=True)
class Manifest:
    """``parts`` are the files of the set by their path in it; ``database`` and ``media`` are empty when not in it."""

    id: str
    kind: str
    made_at: str
    release: str
    environment: str
    sealed: bool
    parts: dict[str, Print]
    database: dict[str, Any] = field(default_factory=dict)
    media: dict[str, Any] = field(default_factory=dict)
    secrets_fingerprint: str = ""
    as_of: str = ""  # another time than that of making, for a set out of the log
    format: int = FORMAT

    @property
    def fingerprint(self) -> Fingerprint:
        told = self.database
        return Fingerprint(told["tables"], told["migrations"], told["figures"])

    @property
    def size(self) -> int:
        """Bytes of the set without the uploads, which sets share."""
        return sum(part.size for part in self.parts.values())

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False).encode()


def secret_fingerprint(text: str) -> str:
    """Return a word that tells whether secrets are the same, and nothing else about them."""
    return salted_hmac("apps.core.backups.secrets", text, algorithm="sha256").hexdigest()[:24]


def write(manifest: Manifest, folder: Path) -> None:
    """Write the page and its signature. The page comes last: a folder with a page is complete."""
    content = manifest.as_bytes()
    files.write(folder / SIGNATURE, _sign(content, settings.SECRET_KEY).encode())
    files.write(folder / NAME, content)


def read(folder: Path) -> Manifest:
    """Return the page of the set in ``folder``. Raises ``Damaged`` unless it is as we wrote it."""
    try:
        content = (folder / NAME).read_bytes()
        signature = (folder / SIGNATURE).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Damaged(f"{folder.name} has no readable {NAME} with its signature.") from error
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(_sign(content, key), signature) for key in keys):
        raise Damaged(
            f"The signature of {folder.name} is wrong: its {NAME} was changed, or it was made with another SECRET_KEY. "
            "That key is in the set (`manage.py backup secrets ID`); an earlier one goes to SECRET_KEY_FALLBACKS."
        )
    told = json.loads(content)
    if told.get("format") != FORMAT:
        raise BackupRefused(f"{folder.name} is of format {told.get('format')}, this release reads format {FORMAT}.")
    told["parts"] = {name: Print(**part) for name, part in told["parts"].items()}
    return Manifest(**told)


def check_parts(manifest: Manifest, folder: Path) -> None:
    """Compare every file of the set with the page. Raises ``Damaged`` that names the first that differs."""
    there = files.below(folder)
    for name, wanted in manifest.parts.items():
        path = there.get(name)
        if path is None:
            raise Damaged(f"{manifest.id}: the part {name} is missing.")
        if path.stat().st_size != wanted.size:
            raise Damaged(f"{manifest.id}: {name} has {path.stat().st_size} bytes instead of {wanted.size}.")
        if files.print_of(path) != wanted:
            raise Damaged(f"{manifest.id}: the content of {name} is not what was written.")


def _sign(content: bytes, key: str) -> str:
    return salted_hmac(_SALT, content, secret=key, algorithm="sha256").hexdigest()

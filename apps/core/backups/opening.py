"""Looking at a set before anything is done with it, and opening it into the work folder."""

import json
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from pyrage import x25519

from apps.core.backups import dumping, files, manifest, media, programs, sealing
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused, Damaged
from apps.core.backups.manifest import Manifest
from apps.core.backups.programs import Programs
from apps.core.backups.sets import Set

SECRETS = "secrets.json"


@dataclass(frozen=True)
class Opened:
    """A set whose parts are right and can be opened. ``dump`` is the folder that pg_restore takes."""

    set: Set
    keys: list[x25519.Identity]
    dump: Path | None
    listing: media.Listing

    @property
    def manifest(self) -> Manifest:
        return self.set.manifest


def open_set(configuration: Configuration, one: Set, *, key_file: Path | None = None) -> Opened:
    """Check every part, open database and lists. Raises ``Damaged`` or ``BackupRefused``; nothing was touched."""
    page = one.manifest
    manifest.check_parts(page, one.folder)
    keys = sealing.identities(configuration, key_file) if page.sealed else []
    text = secrets_of(one, keys, configuration.work)["variables"]
    if manifest.secret_fingerprint(text) != page.secrets_fingerprint and not settings.SECRET_KEY_FALLBACKS:
        raise Damaged(f"{one.id}: the secrets in it are not those that its {manifest.NAME} speaks of.")
    dump = _open_dump(configuration, one, keys) if page.database else None
    listing: media.Listing = {}
    if page.media:
        content = sealing.read(_part(one, media.LIST), keys, configuration.work)
        listing = media.from_bytes(content)
        if len(listing) != page.media["files"]:
            raise Damaged(f"{one.id}: the list of uploads has {len(listing)} names instead of {page.media['files']}.")
    return Opened(one, keys, dump, listing)


def secrets_of(one: Set, keys: list[x25519.Identity], work: Path) -> dict[str, Any]:
    """Return the variables, as a ``.env`` file, and the other files by their path. Needs no SECRET_KEY to be right."""
    told = json.loads(sealing.read(_part(one, SECRETS), keys, work))
    return {"variables": told["variables"], "files": {path: b64decode(text) for path, text in told["files"].items()}}


def check_server(page: Manifest, major: int, *, to_serve: bool = False) -> Programs:
    """Return the programs to restore with. Raises ``BackupRefused`` unless the server is of the dump's release."""
    made = int(page.database["server"]) // 10_000
    if major != made:
        raise BackupRefused(
            f"{page.id} is of PostgreSQL {made} and the server is {major}. Restore it on a server of release {made}, "
            "then move on with pg_upgrade."
        )
    return programs.matching(major, to_serve=to_serve)


def _part(one: Set, name: str) -> Path:
    return one.folder / (name + (sealing.ENDING if one.manifest.sealed else ""))


def _open_dump(configuration: Configuration, one: Set, keys: list[x25519.Identity]) -> Path:
    target = configuration.work / dumping.FOLDER
    files.empty(target)
    for name in one.manifest.parts:
        if name.startswith(f"{dumping.FOLDER}/"):
            source = one.folder / name
            plain = target / source.name.removesuffix(sealing.ENDING)
            sealing.open_(source, plain, keys)
    return target

"""Making a set: checked first, written aside, compared with what was written, and only then given its name."""

import json
import logging
import secrets
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from pyrage import x25519

from apps.core.backups import (
    configuration as configurations,
)
from apps.core.backups import (
    dumping,
    files,
    locking,
    manifest,
    media,
    opening,
    places,
    records,
    sealing,
    sets,
)
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused
from apps.core.backups.manifest import Manifest
from apps.core.backups.servers import Live, live

logger = logging.getLogger(__name__)

KINDS = ("all", "database", "media")
SPARE = 1.2  # free disk for each byte of database: a dump is smaller, and lies there twice while it is sealed


def make(
    *, actor: Any, kind: str = "all", source: Live | None = None, as_of: str = "", occasion: str | None = None
) -> sets.Set:
    """Make one set and bring it to the other places too. A place that is away is told by ``warnings`` of the set.

    Args:
        actor: The user who asked, or None for the platform itself.
        kind: ``all``, ``database`` or ``media``. Secrets are in each.
        source: Another database than the site's, such as one restored to a time.
        as_of: That time.
        occasion: What a scheduled backup is for; one that succeeded under this name is not looked for here.

    Raises:
        BackupRefused: A check failed, or a program did. Nothing half-made stays.
        Busy: Another one runs.
    """
    if kind not in KINDS:
        raise BackupRefused(f"{kind!r} is no kind of backup. There are {', '.join(KINDS)}.")
    configuration = configurations.current()
    warning = configurations.check_may_write(configuration)
    with (
        locking.alone(configuration, what="a backup"),
        files.private(),
        records.kept(actor, kind, occasion=occasion) as record,
        files.faults_told(),
    ):
        if warning:
            logger.warning(warning)
        made = _make(configuration, kind, source or live(), as_of)
        record.belongs_to(made.id, size=made.manifest.size)
        where, warnings = places.bring(configuration, made)
        record.is_in(where)
        warnings += places.complete(configuration, reached=where, besides=made.id)
        for text in warnings:
            logger.warning(text)
        if warnings:
            record.says(" ".join(warnings) + " The next backup brings what is missing.")
        return replace(made, warnings=tuple(warnings))


def _make(configuration: Configuration, kind: str, source: Live, as_of: str) -> sets.Set:
    now = timezone.now()
    name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    to = sealing.recipients(configuration)
    if kind != "media":
        dumping.check_room(configuration, source, factor=SPARE)
    text = settings.BACKUP_SECRETS()
    with _draft(configuration, name) as draft:
        _keep_secrets(configuration, draft, text, to)
        database, uploads = _keep_data(configuration, draft, kind, source, to)
        page = Manifest(
            id=name,
            kind=kind,
            made_at=now.isoformat(),
            release=settings.RELEASE,
            environment=settings.ENVIRONMENT,
            sealed=bool(to),
            parts={path: files.print_of(file) for path, file in files.below(draft).items()},
            database=database,
            media=uploads,
            secrets_fingerprint=manifest.secret_fingerprint(text),
            as_of=as_of,
        )
        files.sync_tree(draft)
        manifest.write(page, draft)
        manifest.check_parts(page, draft)
        final = configuration.sets / name
        draft.rename(final)
    files.sync(configuration.sets)
    return sets.Set(final, page, None)


@contextmanager
def _draft(configuration: Configuration, name: str) -> Iterator[Path]:
    """Give the folder of a set that has no name yet. What failed leaves none: on a full disk it would keep it full."""
    draft = configuration.sets / f"{name}.part"
    draft.mkdir()
    try:
        yield draft
    finally:
        files.remove(draft)


def _keep_data(
    configuration: Configuration, draft: Path, kind: str, source: Live, to: list[x25519.Recipient]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write database and uploads so that every file a row points at is there.

    Uploads are looked at before the snapshot, which keeps what is deleted meanwhile, and after it, which adds what
    came since.
    """
    listing: media.Listing = {}
    if kind != "database":
        listing = media.keep(configuration, _last_listing(configuration), to)
    database: dict[str, Any] = {}
    referenced: set[str] = set()
    if kind != "media":
        database, referenced = dumping.dump(configuration, draft, source, to)
    if kind == "database":
        return database, {}
    listing |= media.keep(configuration, listing, to)
    _put(configuration, draft / media.LIST, media.as_bytes(listing), to)
    _remember_listing(configuration, listing)
    missing = sorted(referenced - listing.keys())
    if missing:
        logger.warning("%d uploads that rows point at do not exist, the first: %s", len(missing), missing[0])
    uploads = {
        "files": len(listing),
        "bytes": sum(kept.size for kept in listing.values()),
        "referenced": len(referenced),
        "missing": missing,
    }
    return database, uploads


def _put(configuration: Configuration, target: Path, content: bytes, to: list[x25519.Recipient]) -> None:
    plain = configuration.work / target.name
    plain.write_bytes(content)
    sealing.seal(plain, target, to)
    plain.unlink()


def _keep_secrets(configuration: Configuration, draft: Path, text: str, to: list[x25519.Recipient]) -> None:
    """Keep the variables in force and the files that BACKUP_FILES names. In the clear only where that was allowed."""
    kept: dict[str, str] = {}
    for path in configuration.files:
        try:
            kept[str(path)] = b64encode(path.read_bytes()).decode()
        except OSError as error:
            raise BackupRefused(f"BACKUP_FILES names {path}, which cannot be read: {error.strerror}.") from error
    content = json.dumps({"variables": text, "files": kept}).encode()
    _put(configuration, draft / opening.SECRETS, content, to)


def _last_listing(configuration: Configuration) -> media.Listing:
    """Return what was there at the last backup. Kept in the clear beside the objects: it saves reading every upload."""
    try:
        return media.from_bytes((configuration.objects / "last.json").read_bytes())
    except (OSError, ValueError, TypeError):
        return {}


def _remember_listing(configuration: Configuration, listing: media.Listing) -> None:
    files.write(configuration.objects / "last.json", media.as_bytes(listing))


def as_told(one: sets.Set) -> dict[str, Any]:
    """Return what machines are told of a set."""
    told = asdict(replace(one.manifest, parts={}))
    return {
        "id": one.id,
        "kind": one.manifest.kind,
        "made_at": one.manifest.made_at,
        "as_of": one.manifest.as_of,
        "size": one.manifest.size,
        "sealed": one.manifest.sealed,
        "release": one.manifest.release,
        "verified_at": one.verified_at.isoformat() if one.verified_at else None,
        "tables": len(told["database"].get("tables", {})),
        "rows": sum(table["rows"] for table in told["database"].get("tables", {}).values()),
        "uploads": told["media"].get("files", 0),
        "missing_uploads": told["media"].get("missing", []),
        "folder": str(one.folder),
    }

"""Making a key, and getting the secrets of a set back when nothing else is left."""

import json
import os
from pathlib import Path

from django.utils import timezone

from apps.core.backups import files, manifest, opening, sealing, sets
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused, Damaged
from apps.core.backups.files import Print


def make(path: Path) -> str:
    """Write a new secret key to ``path``, which must not exist. Returns the public key."""
    secret, public = sealing.new_key()
    text = f"# created: {timezone.now():%Y-%m-%dT%H:%M:%SZ}\n# public key: {public}\n{secret}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BackupRefused(f"{path} exists. A key that backups were made with is never overwritten.") from error
    except OSError as error:
        raise BackupRefused(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w") as output:
        output.write(text)
    return public


def write_secrets(configuration: Configuration, set_id: str, into: Path, key_file: Path | None) -> list[str]:
    """Write the variables and the other files of a set below ``into``. Returns their paths.

    The signature is not asked for: it is made with the SECRET_KEY that may be what is looked for. Whoever holds the key
    file decides whether this set is one of theirs.
    """
    folder = configuration.sets / set_id
    try:
        told = json.loads((folder / manifest.NAME).read_bytes())
        page = manifest.Manifest(**told | {"parts": {name: Print(**part) for name, part in told["parts"].items()}})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Damaged(
            f"There is no set {set_id!r} in {configuration.sets} whose {manifest.NAME} can be read."
        ) from error
    one = sets.Set(folder, page, None)
    with files.private():
        work = into / ".opened"
        work.mkdir(parents=True, exist_ok=True)
        try:
            keys = sealing.identities(configuration, key_file) if page.sealed else []
            found = opening.secrets_of(one, keys, work)
        finally:
            for rest in work.iterdir():
                rest.unlink()
            work.rmdir()
        written = [into / "variables.env"]
        written[0].write_text(found["variables"])
        for name, content in found["files"].items():
            target = into / "files" / name.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(target)
    return [str(path) for path in written]

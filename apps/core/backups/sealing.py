"""Encryption in the age format, which any ``age`` program opens: the recovery does not depend on this code."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pyrage
from pyrage import x25519

from apps.core.backups import files
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused, Damaged

ENDING = ".age"
_OF_THE_SYSTEM = "(os error "  # pyrage has one class for what the disk and what the cipher refuses


def new_key() -> tuple[str, str]:
    """Return a new secret key and its public part."""
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipients(configuration: Configuration) -> list[x25519.Recipient]:
    """Return those who can open what is sealed. Raises ``BackupRefused`` when a public key is none."""
    found = []
    for text in configuration.recipients:
        try:
            found.append(x25519.Recipient.from_str(text))
        except pyrage.RecipientError as error:
            raise BackupRefused(f"BACKUP_RECIPIENTS: {text[:12]}… is not a public age key (age1…).") from error
    return found


def identities(configuration: Configuration, key_file: Path | None = None) -> list[x25519.Identity]:
    """Return the secret keys of ``key_file``, or of BACKUP_IDENTITY_FILE. Raises ``BackupRefused``."""
    path = key_file or configuration.identity_file
    if path is None:
        raise BackupRefused(
            "This backup is encrypted. Name the file with the secret key: BACKUP_IDENTITY_FILE, or --key FILE."
        )
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        keys = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise BackupRefused(f"The file with the secret key, {path}, cannot be read: {error.strerror}.") from error
    except (pyrage.IdentityError, UnicodeDecodeError) as error:
        raise BackupRefused(f"{path} does not hold a secret age key (AGE-SECRET-KEY-1…).") from error
    if not keys:
        raise BackupRefused(f"{path} holds no key.")
    return keys


def seal(source: Path, target: Path, to: Sequence[x25519.Recipient]) -> Path:
    """Write ``source`` to ``target``, encrypted unless there is nobody to encrypt it to. Returns where it is."""
    if not to:
        shutil.copyfile(source, target)
        return target
    sealed = target.with_name(target.name + ENDING)
    try:
        pyrage.encrypt_file(str(source), str(sealed), list(to))
    except pyrage.EncryptError as error:
        raise BackupRefused(f"{source.name} could not be encrypted: {error}.") from error
    return sealed


def open_(source: Path, target: Path, keys: Sequence[x25519.Identity]) -> None:
    """Write the content of ``source`` to ``target``. Raises ``Damaged`` when it cannot be opened."""
    if source.suffix != ENDING:
        shutil.copyfile(source, target)
        return
    try:
        pyrage.decrypt_file(str(source), str(target), list(keys))
    except (pyrage.DecryptError, OSError) as error:
        target.unlink(missing_ok=True)
        if _OF_THE_SYSTEM in str(error):  # a full disk says nothing against the backup
            raise BackupRefused(f"{source.name} could not be opened into {target.parent}: {error}.") from error
        raise Damaged(f"{source.name} cannot be opened: another key made it, or it was changed ({error}).") from error


def read(source: Path, keys: Sequence[x25519.Identity], work: Path) -> bytes:
    """Return the content of a small file."""
    opened = work / f"{source.name}.opened"
    with files.private():
        open_(source, opened, keys)
    try:
        return opened.read_bytes()
    finally:
        opened.unlink()

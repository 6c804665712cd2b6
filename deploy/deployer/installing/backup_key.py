"""The key that backups are sealed to: made by openssl in the format of age, before a release is there that could."""

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

from deploy.deployer import commands
from deploy.deployer.installation import Installation

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
KEY_BYTES = 32  # an X25519 key, secret or public, ends openssl's DER
NAMES = ("BACKUP_RECIPIENTS", "BACKUP_IDENTITY_FILE")
PUBLIC = "# public key: "


def path_of(site: Installation) -> Path:
    return site.etc / "backup.key"


def ensure(site: Installation, variables: dict[str, str]) -> dict[str, str]:
    """Make the installation's key, unless ``variables`` name one: then whoever set them decides who opens backups.

    Returns the variables that name the new one, else nothing. A key that is there is never overwritten.
    """
    if any(variables.get(name) for name in NAMES):
        return {}
    path = path_of(site)
    if not path.exists():
        secret, public = new_key(path.with_name("backup.part"))
        _write(path, f"# created: {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n{PUBLIC}{public}\n{secret}\n")
    public = next(line for line in path.read_text().splitlines() if line.startswith(PUBLIC)).removeprefix(PUBLIC)
    return dict(zip(NAMES, (public, str(path)), strict=True))


def new_key(draft: Path) -> tuple[str, str]:
    """Return a new secret key and its public part, as ``age-keygen`` writes them. ``draft`` is used and removed."""
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        commands.run(["openssl", "genpkey", "-algorithm", "X25519", "-out", draft])
        secret = _key_of(draft.read_text())
        public = _key_of(commands.run(["openssl", "pkey", "-in", draft, "-pubout"]))
    finally:
        draft.unlink(missing_ok=True)
    return bech32("age-secret-key-", secret).upper(), bech32("age", public)


def bech32(kind: str, content: bytes) -> str:
    """Return ``content`` in Bech32 (BIP 173), which age writes keys in: five bits a letter, six letters of checksum."""
    bits = int.from_bytes(content) << (-len(content) * 8 % 5)
    size = -(-len(content) * 8 // 5)
    values = [bits >> 5 * (size - 1 - at) & 31 for at in range(size)]
    expanded = [ord(letter) >> 5 for letter in kind] + [0] + [ord(letter) & 31 for letter in kind]
    check = _polymod([*expanded, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    return f"{kind}1" + "".join(CHARSET[value] for value in [*values, *(check >> 5 * (5 - at) & 31 for at in range(6))])


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate(GENERATOR):
            check ^= generator if top >> at & 1 else 0
    return check


def _key_of(pem: str) -> bytes:
    return base64.b64decode("".join(line for line in pem.splitlines() if "-" not in line))[-KEY_BYTES:]


def _write(path: Path, text: str) -> None:
    """Write it whole or not at all, readable by its owner only."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)

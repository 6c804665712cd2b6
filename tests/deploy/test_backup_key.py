"""A server has a key for its backups from the first minute, and nobody's choice is ever replaced by it."""

import getpass
import stat
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519

from deltacrown.environment.loading import load
from deploy.deployer.installation import Installation
from deploy.deployer.installing import backup_key
from deploy.deployer.installing.command import write_variables


@pytest.fixture
def here(site: Installation) -> Installation:
    """Only root could give files to another user than the one who runs this."""
    return replace(site, user=getpass.getuser())


def secret_of(path: Path) -> str:
    return path.read_text().splitlines()[-1]


def test_what_openssl_made_opens_what_age_sealed(tmp_path: Path) -> None:
    secret, public = backup_key.new_key(tmp_path / "draft")
    sealed = pyrage.encrypt(b"coins", [x25519.Recipient.from_str(public)])
    assert pyrage.decrypt(sealed, [x25519.Identity.from_str(secret)]) == b"coins"
    assert list(tmp_path.iterdir()) == []


def test_keys_are_written_as_bip_173_says() -> None:
    every_letter = int("".join(f"{value:05b}" for value in range(32)), 2).to_bytes(20)
    assert backup_key.bech32("abcdef", every_letter) == "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"
    assert backup_key.bech32("a", b"") == "a12uel5l"


def test_an_installation_gets_a_key_that_only_the_site_can_read_and_names_it(here: Installation) -> None:
    variables, key = write_variables(here, {})
    assert key == here.etc / "backup.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    environment = load(variables)
    assert Path(environment.BACKUP_IDENTITY_FILE) == key
    [public] = environment.BACKUP_RECIPIENTS
    assert public == str(x25519.Identity.from_str(secret_of(key)).to_public())


def test_a_second_install_changes_nothing_and_asks_for_no_copy(here: Installation) -> None:
    before, key = write_variables(here, {})
    secret = secret_of(backup_key.path_of(here))
    assert key is not None
    assert write_variables(here, {}) == (before, None)
    assert secret_of(key) == secret


def test_an_install_that_was_killed_between_key_and_variables_names_the_same_key(here: Installation) -> None:
    secret = secret_of(write_variables(here, {})[1] or Path())
    lines = here.environment_file.read_text().splitlines(keepends=True)
    here.environment_file.write_text("".join(line for line in lines if not line.startswith("BACKUP_")))
    _, key = write_variables(here, {})
    assert key is not None
    assert secret_of(key) == secret


@pytest.mark.parametrize("name", backup_key.NAMES)
def test_whoever_names_a_key_of_their_own_gets_no_other(here: Installation, name: str) -> None:
    variables, key = write_variables(here, {name: "theirs"})
    assert key is None
    assert {each: variables.get(each) for each in backup_key.NAMES} == {
        **dict.fromkeys(backup_key.NAMES),
        name: "theirs",
    }
    assert not backup_key.path_of(here).exists()

"""Damaged sets are refused, each with the reason, before anything live is touched."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group

from apps.core.backups import beside, configuration, keys, manifest, restoring, servers, sets, verifying
from apps.core.backups.errors import BackupRefused
from tests.core.backup_case import places, run

__all__ = ["places"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def _flip(path: Path, at: float) -> None:
    content = bytearray(path.read_bytes())
    content[int((len(content) - 1) * at)] ^= 1
    path.write_bytes(content)


def _edit(folder: Path, *, sign: bool, **changes: Any) -> None:
    page = json.loads((folder / manifest.NAME).read_text())
    for name, value in changes.items():
        place = page["database"] if name in page["database"] else page
        place[name] = value
    content = json.dumps(page).encode()
    (folder / manifest.NAME).write_bytes(content)
    if sign:
        (folder / manifest.SIGNATURE).write_text(manifest._sign(content, django_settings.SECRET_KEY))


def _biggest(folder: Path) -> Path:
    return max((folder / "database").iterdir(), key=lambda path: path.stat().st_size)


DAMAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "the biggest part is cut": (lambda set_: _cut(_biggest(set_)), "bytes instead of"),
    "the table of contents is cut": (lambda set_: _cut(set_ / "database" / "toc.dat.age"), "bytes instead of"),
    "a bit is flipped at the head": (lambda set_: _flip(_biggest(set_), 0.0), "is not what was written"),
    "a bit is flipped half-way": (lambda set_: _flip(_biggest(set_), 0.5), "is not what was written"),
    "a bit is flipped at the end": (lambda set_: _flip(_biggest(set_), 1.0), "is not what was written"),
    "a part is missing": (lambda set_: _biggest(set_).unlink(), "is missing"),
    "the secrets are missing": (lambda set_: (set_ / "secrets.json.age").unlink(), "is missing"),
    "the page is missing": (lambda set_: (set_ / manifest.NAME).unlink(), "no readable manifest"),
    "the signature is missing": (lambda set_: (set_ / manifest.SIGNATURE).unlink(), "no readable manifest"),
    "the page is edited": (lambda set_: _edit(set_, sign=False, release="x"), "The signature of .* is wrong"),
    "the page is cut": (lambda set_: _cut(set_ / manifest.NAME), "The signature of .* is wrong"),
    "another server": (lambda set_: _edit(set_, sign=True, server=140_000), "is of PostgreSQL 14"),
    "a newer release": (
        lambda set_: _edit(set_, sign=True, migrations=["core.0999_of_tomorrow"]),
        "made by a newer release",
    ),
    "another format": (lambda set_: _edit(set_, sign=True, format=99), "is of format 99"),
    "other content than it says": (lambda set_: _edit(set_, sign=True, tables={}), "is not what was backed up"),
    "other sums than it says": (lambda set_: _edit(set_, sign=True, figures={"ledger": {}}), "The figures differ"),
}


def test_each_damage_is_refused_by_its_name(
    places: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    Group.objects.create(name="alive")
    made = run("backup", "database")["id"]
    Group.objects.create(name="after")
    whole = places / "whole"
    folder = configuration.current().sets / made
    shutil.copytree(folder, whole)
    monkeypatch.setattr(beside, "swap", lambda *args: pytest.fail("the live database was touched"))
    for name, (damage, reason) in DAMAGES.items():
        with subtests.test(name):
            shutil.rmtree(folder)
            shutil.copytree(whole, folder)
            damage(folder)
            with pytest.raises(BackupRefused, match=reason):
                restoring.restore(actor=None, name=made)
            assert set(Group.objects.values_list("name", flat=True)) == {"alive", "after"}
            assert not servers.exists(servers.live().server, servers.live().name + beside.ENDING)


def test_the_wrong_key_opens_nothing(places: Path) -> None:
    made = run("backup", "database")["id"]
    keys.make(places / "another.key")
    with pytest.raises(BackupRefused, match="cannot be opened: another key made it"):
        restoring.restore(actor=None, name=made, key_file=places / "another.key")
    with pytest.raises(BackupRefused, match="cannot be read"):
        verifying.verify(actor=None, name=made, key_file=places / "missing.key")
    assert sets.read(configuration.current(), made).verified_at is None

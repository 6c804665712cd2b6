"""A set damaged in a hundred ways; each is refused before the live database is touched."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.core.backups import beside, configuration, files, keys, making, manifest, restoring, servers
from apps.core.backups.errors import BackupRefused

Damage = tuple[str, Callable[[Path], object]]


def run(number: int, say: Callable[[str], None]) -> dict[str, Any]:
    configured = configuration.current()
    whole = making.make(actor=None)
    other = making.make(actor=None)
    copy = configured.folder / "whole"
    shutil.copytree(whole.folder, copy)
    before = _live()
    refused = 0
    for name, damage in _damages(number, copy, other.folder):
        shutil.rmtree(whole.folder)
        shutil.copytree(copy, whole.folder)
        key_file = damage(whole.folder)
        try:
            restoring.restore(actor=None, name=whole.id, key_file=key_file if isinstance(key_file, Path) else None)
        except BackupRefused:
            untouched = _live() == before
            refused += untouched
            if not untouched:
                say(f"FAIL {name}: refused, but the live database is another one")
        else:
            say(f"FAIL {name}: was restored")
    say(f"{refused} of {number} damaged sets refused, the live database as it was")
    return {"ok": refused == number, "refused": refused, "damages": number}


def _live() -> list[tuple[Any, ...]]:
    """Which databases there are, and whether the live one has been written to by anything but the history."""
    site = servers.live()
    with site.server.connect(servers.MAINTENANCE) as db:
        names = db.execute("SELECT oid, datname FROM pg_database ORDER BY 1").fetchall()
    with site.server.connect(site.name) as db:
        rows = db.execute("SELECT count(*), max(id) FROM accounts_user").fetchall()
    if any(name.endswith(beside.ENDING) for _, name in names):
        raise SystemExit("A database beside the live one was left behind.")
    return names + rows


def _damages(number: int, whole: Path, other: Path) -> Iterator[Damage]:
    choose = random.Random(7)  # noqa: S311 - the same damages each time
    parts = [name for name in files.below(whole) if name not in {manifest.NAME, manifest.SIGNATURE}]
    big = sorted(parts, key=lambda name: (whole / name).stat().st_size)[-20:]
    fixed = list(_fixed(parts, other))
    yield from fixed[:number]
    for count in range(number - len(fixed)):
        name = choose.choice(big if count % 3 else parts)
        size = (whole / name).stat().st_size
        at = choose.randrange(size)
        kind = count % 4
        if kind == 0:
            yield f"{name} cut at {at}", lambda one, n=name, a=at: _write(one / n, (one / n).read_bytes()[:a])
        elif kind == 1:
            yield f"{name} bit {at} flipped", lambda one, n=name, a=at: _flip(one / n, a)
        elif kind == 2:
            yield f"{name} missing", lambda one, n=name: (one / n).unlink()
        else:
            yield f"{name} zeros from {at}", lambda one, n=name, a=at: _zeros(one / n, a)


def _fixed(parts: list[str], other: Path) -> Iterator[Damage]:
    yield "page missing", lambda one: (one / manifest.NAME).unlink()
    yield "signature missing", lambda one: (one / manifest.SIGNATURE).unlink()
    yield "signature of another set", lambda one: shutil.copy(other / manifest.SIGNATURE, one / manifest.SIGNATURE)
    yield "page of another set", lambda one: _both(one, other)
    yield "database of another set", lambda one: _other_database(one, other)
    yield "two parts exchanged", lambda one: _exchange(one / parts[0], one / parts[1])
    yield "wrong key", _new_key
    for name, value in (("release", "x"), ("sealed", False), ("id", "20200101T000000Z-0000"), ("parts", {})):
        yield f"{name} edited", lambda one, n=name, v=value: _edit(one, n, v, sign=False)
    yield "another server", lambda one: _edit(one, "server", 140_000, sign=True)
    yield "a newer release", lambda one: _edit(one, "migrations", ["core.0999_tomorrow"], sign=True)
    yield "another checksum", lambda one: _edit(one, "tables", {}, sign=True)
    yield "other sums", lambda one: _edit(one, "figures", {"ledger": {"coins": 1}}, sign=True)
    yield "a new format", lambda one: _edit(one, "format", 2, sign=True)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << (at % 8)
    path.write_bytes(content)


def _zeros(path: Path, at: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:at] + bytes(len(content) - at - 1) + b"\x01")


def _both(one: Path, other: Path) -> None:
    for name in (manifest.NAME, manifest.SIGNATURE):
        shutil.copy(other / name, one / name)


def _other_database(one: Path, other: Path) -> None:
    shutil.rmtree(one / "database")
    shutil.copytree(other / "database", one / "database")


def _exchange(first: Path, second: Path) -> None:
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)


def _new_key(one: Path) -> Path:
    path = one.parent.parent / "another.key"
    path.unlink(missing_ok=True)
    keys.make(path)
    return path


def _edit(one: Path, name: str, value: Any, *, sign: bool) -> None:
    page = json.loads((one / manifest.NAME).read_text())
    (page["database"] if name in page["database"] else page)[name] = value
    content = json.dumps(page).encode()
    (one / manifest.NAME).write_bytes(content)
    if sign:
        (one / manifest.SIGNATURE).write_text(manifest._sign(content, settings.SECRET_KEY))

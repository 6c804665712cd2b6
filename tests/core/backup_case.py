"""What the tests of backups share: folders and a key of their own, commands as machines see them."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from apps.core.backups import beside, keys, servers


@pytest.fixture
def places(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Folders of backups and uploads of this test, with a key. What restores kept is dropped in the end."""
    if connection.vendor != "postgresql":
        pytest.skip("Backups are made of PostgreSQL.")
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    settings.BACKUP_IDENTITY_FILE = str(tmp_path / "backup.key")
    settings.BACKUP_RECIPIENTS = [keys.make(tmp_path / "backup.key")]
    yield tmp_path
    site = servers.live()
    for name in beside.old_ones(site):
        beside.drop(site, name)


def run(*words: str) -> dict[str, Any]:
    """Run a command with ``--json`` and return what it told."""
    output = io.StringIO()
    call_command(*words, "--json", stdout=output)
    told: dict[str, Any] = json.loads(output.getvalue())
    return told

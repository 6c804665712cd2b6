"""One set made, proved by restoring, and put in the place of the live database."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from apps.core.backups import beside, keys, servers
from apps.core.models import BackupRecord, Job, OutgoingHold

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def places(settings: Any, tmp_path: Path) -> Path:
    """Folders of backups and uploads of this test, with a key."""
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    settings.BACKUP_IDENTITY_FILE = str(tmp_path / "backup.key")
    settings.BACKUP_RECIPIENTS = [keys.make(tmp_path / "backup.key")]
    return tmp_path


@pytest.fixture
def without_old_databases() -> Any:
    yield
    site = servers.live()
    for name in beside.old_ones(site):
        beside.drop(site, name)


def run(*words: str) -> dict[str, Any]:
    output = io.StringIO()
    call_command(*words, "--json", stdout=output)
    return json.loads(output.getvalue())


def test_a_set_is_made_proved_and_restored(places: Path, without_old_databases: Any) -> None:
    Group.objects.create(name="before")
    name = default_storage.save("teams/logo.txt", ContentFile(b"a logo"))
    Job.objects.create(name="tests.leave_mark", args={"mark": "x"})

    made = run("backup")
    assert made["uploads"] == 1
    assert made["sealed"] is True
    assert BackupRecord.objects.get().state == "succeeded"

    proved = run("backup", "verify", "latest")
    assert proved["id"] == made["id"]
    assert proved["verified_at"]

    Group.objects.filter(name="before").delete()
    Group.objects.create(name="after")
    default_storage.delete(name)

    done = run("restore", made["id"], "--yes")
    assert set(Group.objects.values_list("name", flat=True)) == {"before"}
    assert default_storage.open(name).read() == b"a logo"
    assert OutgoingHold.objects.count() == 1
    assert BackupRecord.objects.filter(kind="restore", state="succeeded").count() == 1
    assert done["old"] in beside.old_ones(servers.live())
    assert not Path(places / "maintenance").exists()

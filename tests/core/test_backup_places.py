"""The second place, against a real S3 server: what arrives is checked, and a lost folder comes back from there."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer

from apps.core.backups import configuration, sets
from apps.core.models import BackupRecord
from tests.core.backup_case import places, run

__all__ = ["places"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bucket(places: Path, settings: Any) -> Iterator[Any]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings.BACKUP_S3_BUCKET = "backups"
    settings.BACKUP_S3_ENDPOINT_URL = f"http://{host}:{port}"
    settings.BACKUP_S3_ACCESS_KEY_ID = settings.BACKUP_S3_SECRET_ACCESS_KEY = "test"
    client = boto3.client(
        "s3",
        endpoint_url=settings.BACKUP_S3_ENDPOINT_URL,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket="backups", ObjectLockEnabledForBucket=True)
    yield client
    server.stop()


def test_a_set_is_in_two_places_and_comes_back_from_the_second(places: Path, bucket: Any) -> None:
    Group.objects.create(name="kept")
    default_storage.save("logo.txt", ContentFile(b"a logo"))
    made = run("backup")
    assert BackupRecord.objects.get().places == ["folder", "s3"]
    assert run("backup", "list")["sets"][0]["second_place"] is True

    shutil.rmtree(configuration.current().folder)  # the machine is lost
    shutil.rmtree(places / "media")
    Group.objects.all().delete()
    assert run("backup", "list")["only_at_second_place"] == [made["id"]]
    run("restore", made["id"], "--yes")
    assert Group.objects.get().name == "kept"
    assert default_storage.open("logo.txt").read() == b"a logo"


def test_what_was_changed_there_is_refused_and_leaves_nothing(places: Path, bucket: Any) -> None:
    made = run("backup", "database")
    shutil.rmtree(configuration.current().folder)
    key = f"testing/sets/{made['id']}/database/toc.dat.age"
    bucket.put_object(Bucket="backups", Key=key, Body=b"something else")
    with pytest.raises(CommandError, match=r"toc\.dat\.age has 14 bytes instead of"):
        call_command("restore", made["id"], "--yes")
    assert sets.ids(configuration.current()) == []


def test_objects_are_locked_for_as_long_as_the_variable_says(places: Path, bucket: Any, settings: Any) -> None:
    settings.BACKUP_S3_LOCK_DAYS = 30
    made = run("backup", "media")
    key = f"testing/sets/{made['id']}/manifest.json"
    assert bucket.head_object(Bucket="backups", Key=key)["ObjectLockMode"] == "COMPLIANCE"


def test_a_second_place_that_is_away_fails_the_backup_and_keeps_the_set(
    places: Path, bucket: Any, settings: Any
) -> None:
    settings.BACKUP_S3_BUCKET = "another"
    with pytest.raises(CommandError, match="but not at the second place"):
        call_command("backup", "media")
    assert BackupRecord.objects.get().state == "failed"
    [kept] = sets.ids(configuration.current())
    settings.BACKUP_S3_BUCKET = "backups"
    assert run("backup", "upload", kept)["places"] == ["folder", "s3"]

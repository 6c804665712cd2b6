"""The places away from here, against real S3 servers: what arrives is checked, what is away or refuses is told."""

import shutil
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer

from apps.core.backups import buckets, configuration, retention, scheduled, selectors, sets
from apps.core.models import BackupRecord
from tests.core.backup_case import places, run

__all__ = ["places"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def bucket(places: Path, settings: Any) -> Iterator[Any]:
    """Run a server with the buckets of the second and the third place; only the second is named."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    reset = urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST")
    urllib.request.urlopen(reset).close()  # its buckets are of the whole process
    settings.BACKUP_S3_BUCKET = "backups"
    settings.BACKUP_S3_ENDPOINT_URL = f"http://{host}:{port}"
    for name in ("BACKUP_S3", "BACKUP_THIRD"):
        setattr(settings, f"{name}_ACCESS_KEY_ID", "test")
        setattr(settings, f"{name}_SECRET_ACCESS_KEY", "test")
    client = boto3.client(
        "s3",
        endpoint_url=settings.BACKUP_S3_ENDPOINT_URL,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    for name in ("backups", "far"):
        client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    yield client
    server.stop()


@pytest.fixture
def third(bucket: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Name the third place, which nobody can reach until its endpoint is the server's."""
    real = buckets.Config
    monkeypatch.setattr(buckets, "Config", lambda **told: real(**told | {"retries": {"max_attempts": 1}}))
    settings.BACKUP_THIRD_BUCKET = "far"
    settings.BACKUP_THIRD_ENDPOINT_URL = NOWHERE
    return settings


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the keys of both places only add, as those of a careful operator."""

    def delete(bucket: buckets.Bucket, keys: list[str]) -> None:
        if keys:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "DeleteObject")

    monkeypatch.setattr(buckets.Bucket, "delete", delete)


def test_a_set_is_in_two_places_and_comes_back_from_the_second(places: Path, bucket: Any) -> None:
    Group.objects.create(name="kept")
    default_storage.save("logo.txt", ContentFile(b"a logo"))
    made = run("backup")
    assert BackupRecord.objects.get().places == ["folder", "s3"]
    assert run("backup", "list")["sets"][0]["places"] == ["folder", "s3"]

    shutil.rmtree(configuration.current().folder)  # the machine is lost
    shutil.rmtree(places / "media")
    Group.objects.all().delete()
    assert run("backup", "list")["only_elsewhere"] == [made["id"]]
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
    assert list(configuration.current().sets.iterdir()) == []


def test_nobody_who_can_write_there_chooses_where_we_write(places: Path, bucket: Any) -> None:
    made = run("backup", "media")
    shutil.rmtree(configuration.current().folder)
    bucket.put_object(Bucket="backups", Key=f"testing/sets/{made['id']}/../../../escaped", Body=b"x")
    with pytest.raises(CommandError, match="which is no part of a set"):
        call_command("backup", "verify", made["id"])
    assert not list(places.rglob("escaped"))


def test_a_place_that_is_away_is_a_warning_and_the_next_run_brings_what_it_lacks(
    places: Path, third: Any, bucket: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    default_storage.save("logo.txt", ContentFile(b"a logo"))
    first = run("backup", "media")
    [warning] = first["warnings"]
    assert f"The set {first['id']} is in " in warning
    assert "but not at the third place (bucket far): Could not connect" in warning
    assert "The next backup brings what is missing." in capsys.readouterr().err
    row = BackupRecord.objects.get()
    assert (row.state, row.places) == ("succeeded", ["folder", "s3"])
    assert "the third place (bucket far)" in row.message
    listed = run("backup", "list")
    assert listed["sets"][0]["places"] == ["folder", "s3"]
    assert "The third place (bucket far) does not answer" in listed["warnings"][0]

    third.BACKUP_THIRD_ENDPOINT_URL = third.BACKUP_S3_ENDPOINT_URL
    second = run("backup", "media")
    assert second["warnings"] == []
    assert [one["places"] for one in run("backup", "list")["sets"]] == [["folder", "s3", "s3-third"]] * 2
    row.refresh_from_db()
    assert row.places == ["folder", "s3", "s3-third"]

    shutil.rmtree(configuration.current().folder)
    third.BACKUP_S3_ENDPOINT_URL = NOWHERE  # now the second one is away, and the machine is lost
    assert run("backup", "verify", first["id"])["id"] == first["id"]


def test_who_waits_for_the_daily_backup_hears_nothing_while_a_place_is_away(
    places: Path, third: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(scheduled, "_ping", asked.append)
    assert scheduled.back_up() is not None
    assert asked == []
    assert selectors.metrics()["deltacrown_backup_last_success_timestamp_seconds"]["s3-third"] == 0.0


def test_an_upload_by_hand_says_which_place_did_not_take_it(places: Path, third: Any) -> None:
    made = run("backup", "media")
    with pytest.raises(CommandError, match=r"not at the third place \(bucket far\)"):
        call_command("backup", "upload", made["id"])
    third.BACKUP_THIRD_ENDPOINT_URL = third.BACKUP_S3_ENDPOINT_URL
    assert run("backup", "upload", made["id"])["places"] == ["folder", "s3", "s3-third"]


def test_objects_are_locked_and_shared_uploads_are_locked_again_with_each_set(
    places: Path, bucket: Any, settings: Any
) -> None:
    settings.BACKUP_S3_LOCK_DAYS = 30
    default_storage.save("logo.txt", ContentFile(b"a logo"))
    made = run("backup", "media")
    page = {"Bucket": "backups", "Key": f"testing/sets/{made['id']}/manifest.json"}
    head = bucket.head_object(**page)
    assert head["ObjectLockMode"] == "COMPLIANCE"
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.delete_object(**page, VersionId=head["VersionId"])

    [kept] = bucket.list_objects_v2(Bucket="backups", Prefix="testing/media/")["Contents"]
    upload = {"Bucket": "backups", "Key": kept["Key"]}
    soon = datetime.now(UTC) + timedelta(days=3)
    bucket.put_object_retention(**upload, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": soon})
    run("backup", "media")
    assert bucket.head_object(**upload)["ObjectLockRetainUntilDate"] > datetime.now(UTC) + timedelta(days=29)


def test_a_refused_delete_is_told_and_asked_for_again(
    places: Path, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    default_storage.save("old.txt", ContentFile(b"old"))
    old = run("backup", "media")["id"]
    default_storage.delete("old.txt")
    new = run("backup", "media")["id"]
    run("backup", "verify", new)
    with monkeypatch.context() as careful:
        careful.setattr(retention, "expired", lambda good, now: [one for one in good if one.id == old])
        refuse(careful)
        pruned = run("backup", "prune")
    assert (pruned["deleted"], pruned["uploads"]) == ([old], 1)
    assert pruned["kept"] == [
        "The second place (bucket backups) keeps 1 expired sets: An error occurred (AccessDenied) when calling the "
        "DeleteObject operation: Access Denied."
    ]
    assert run("backup", "list")["only_elsewhere"] == [old]

    assert run("backup", "prune")["kept"] == []  # the key may delete now
    assert run("backup", "list")["only_elsewhere"] == []
    assert [one["places"] for one in run("backup", "list")["sets"]] == [["folder", "s3"]]
    assert "Contents" not in bucket.list_objects_v2(Bucket="backups", Prefix="testing/media/")


def test_the_last_verified_sets_stay_in_all_places(places: Path, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [run("backup", "media")["id"] for _ in range(4)]
    for proved in made[:2]:
        run("backup", "verify", proved)
    monkeypatch.setattr(retention, "KEPT_NEWEST", 1)
    monkeypatch.setattr(retention.timezone, "now", lambda: datetime.now(UTC) + timedelta(days=900))
    pruned = run("backup", "prune", "--many")
    assert pruned["deleted"] == [made[2]]
    left = {one["id"]: one["places"] for one in run("backup", "list")["sets"]}
    assert left == {name: ["folder", "s3"] for name in (made[0], made[1], made[3])}


def test_uploads_stay_at_a_place_that_has_sets_of_another_machine(
    places: Path, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    default_storage.save("old.txt", ContentFile(b"old"))
    other = run("backup", "media")["id"]
    shutil.rmtree(configuration.current().folder)  # a new machine that has brought nothing back yet
    default_storage.delete("old.txt")
    run("backup", "verify", run("backup", "media")["id"])
    assert run("backup", "prune")["kept"] == []
    assert run("backup", "list")["only_elsewhere"] == [other]
    assert run("backup", "verify", other)["uploads"] == 1
    assert len(sets.ids(configuration.current())) == 2

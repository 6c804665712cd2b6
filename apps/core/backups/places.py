"""The second place: a bucket of another account. The folder is the first place and always has the set."""

import base64
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils import timezone

from apps.core.backups import files, manifest, media, sealing, sets
from apps.core.backups.configuration import S3, Configuration
from apps.core.backups.errors import BackupRefused, Damaged

logger = logging.getLogger(__name__)

LOCAL, REMOTE = "folder", "s3"
PART = 64 * 1024 * 1024  # bytes: bigger files go up in parts, each checked by the server
_ERRORS = (BotoCoreError, ClientError)


@dataclass(frozen=True)
class Bucket:
    """What is asked of S3, and nothing else."""

    told: S3

    @cached_property
    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.told.endpoint_url,
            region_name=self.told.region,
            aws_access_key_id=self.told.access_key,
            aws_secret_access_key=self.told.secret_key,
            config=Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 4, "mode": "standard"}),
        )

    def put(self, key: str, path: Path) -> None:
        """Upload a file and ask what arrived. Raises ``BackupRefused`` unless size and hash are right."""
        wanted = files.print_of(path)
        options: dict[str, Any] = {"Metadata": {"sha256": wanted.sha256}}
        if self.told.lock_days:
            until = timezone.now() + timedelta(days=self.told.lock_days)
            options |= {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        where = {"Bucket": self.told.bucket, "Key": self.told.prefix + key}
        if wanted.size <= PART:
            digest = base64.b64encode(bytes.fromhex(wanted.sha256)).decode()
            with path.open("rb") as content:  # the server compares the hash with what it received
                self.client.put_object(
                    **where, Body=content, ChecksumAlgorithm="SHA256", ChecksumSHA256=digest, **options
                )
        else:
            self.client.upload_file(
                str(path),
                where["Bucket"],
                where["Key"],
                ExtraArgs=options | {"ChecksumAlgorithm": "SHA256"},
                Config=TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2),
            )
        if self.print_of(key) != wanted:
            raise BackupRefused(f"What arrived at the second place as {key} is not what was sent.")

    def print_of(self, key: str) -> files.Print | None:
        """Return what the bucket says of a file, or None when it has none of that name."""
        try:
            told = self.client.head_object(Bucket=self.told.bucket, Key=self.told.prefix + key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise
        return files.Print(told["ContentLength"], told["Metadata"].get("sha256", ""))

    def get(self, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.client.download_file(self.told.bucket, self.told.prefix + key, str(path))

    def keys(self, prefix: str) -> Iterator[str]:
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.told.bucket, Prefix=self.told.prefix + prefix):
            for found in page.get("Contents", []):
                yield found["Key"].removeprefix(self.told.prefix)

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            self.client.delete_object(Bucket=self.told.bucket, Key=self.told.prefix + key)


def bring(configuration: Configuration, one: sets.Set) -> list[str]:
    """Bring a set to the second place, its page last. Returns the places where it is now.

    Raises:
        BackupRefused: The second place is named and did not take it. The set in the folder stays.
    """
    if configuration.s3 is None:
        return [LOCAL]
    bucket = Bucket(configuration.s3)
    try:
        for name in [*one.manifest.parts, manifest.SIGNATURE]:
            bucket.put(f"sets/{one.id}/{name}", one.folder / name)
        for path in _objects_of(configuration, one):
            key = f"media/{path.relative_to(configuration.objects).as_posix()}"
            there = bucket.print_of(key)
            if there is None or there.size != path.stat().st_size:
                bucket.put(key, path)
        bucket.put(f"sets/{one.id}/{manifest.NAME}", one.folder / manifest.NAME)
    except _ERRORS as error:
        raise BackupRefused(
            f"The set {one.id} is in {one.folder}, but not at the second place: {error}. "
            f"`manage.py backup upload {one.id}` tries again."
        ) from error
    return [LOCAL, REMOTE]


def _objects_of(configuration: Configuration, one: sets.Set) -> list[Path]:
    """Return the uploads of the set. Its list may be sealed to a key that is not here: then all that there are."""
    if not one.manifest.media:
        return []
    if not one.manifest.sealed:
        listing = media.from_bytes((one.folder / media.LIST).read_bytes())
        return sorted({media.object_path(configuration, kept.sha256, sealed=False) for kept in listing.values()})
    return sorted(configuration.objects.glob(f"*/*{sealing.ENDING}"))


def ids(configuration: Configuration) -> list[str]:
    """Return the sets that are complete at the second place, newest first; none when there is no second place."""
    if configuration.s3 is None:
        return []
    try:
        keys = list(Bucket(configuration.s3).keys("sets/"))
    except _ERRORS as error:
        raise BackupRefused(f"The second place does not answer: {error}.") from error
    return sorted({key.split("/")[1] for key in keys if key.endswith(f"/{manifest.NAME}")}, reverse=True)


def fetch(configuration: Configuration, set_id: str) -> None:
    """Bring a set back from the second place into the folder. Nothing happens when it is there. Called with the lock.

    Raises:
        Damaged: What came is not what the page says.
        BackupRefused: It is not there, or there is no second place.
    """
    final = configuration.sets / set_id
    if final.exists():
        return
    if configuration.s3 is None:
        raise BackupRefused(f"There is no set {set_id} in {configuration.sets}, and no second place is named.")
    bucket = Bucket(configuration.s3)
    draft = configuration.sets / f"{set_id}.part"
    try:
        keys = list(bucket.keys(f"sets/{set_id}/"))
        if f"sets/{set_id}/{manifest.NAME}" not in keys:
            raise BackupRefused(f"The second place has no complete set {set_id}.")
        for key in keys:
            bucket.get(key, draft / key.removeprefix(f"sets/{set_id}/"))
        page = manifest.read(draft)
        manifest.check_parts(page, draft)
        if page.media:
            for key in bucket.keys("media/"):
                target = configuration.objects / key.removeprefix("media/")
                if not target.exists():
                    part = target.with_name(target.name + ".part")
                    bucket.get(key, part)
                    part.replace(target)
    except _ERRORS as error:
        raise BackupRefused(f"The second place did not give {set_id}: {error}.") from error
    if page.id != set_id:
        raise Damaged(f"The second place has the set {page.id} under the name {set_id}.")
    draft.rename(final)


def forget(configuration: Configuration, set_id: str, objects: list[str]) -> list[str]:
    """Delete a set, its page first, and uploads that no set needs. Returns what the bucket's lock keeps."""
    if configuration.s3 is None:
        return []
    bucket = Bucket(configuration.s3)
    keys = list(bucket.keys(f"sets/{set_id}/")) if set_id else []
    keys.sort(key=lambda key: not key.endswith(manifest.NAME))
    try:
        bucket.delete(keys + [f"media/{name}" for name in objects])
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise BackupRefused(f"The second place did not delete {set_id}: {error}.") from error
        return [set_id]
    return []

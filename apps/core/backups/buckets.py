"""What is asked of an S3 server, and nothing else: every file is compared with what arrived."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils import timezone

from apps.core.backups import files
from apps.core.backups.configuration import S3
from apps.core.backups.errors import BackupRefused

PART = 64 * 1024 * 1024  # bytes: bigger files go up in parts, each checked by the server
# Everything that a server, the way to it, or boto3 about them can say.
ERRORS = (BotoCoreError, ClientError, Boto3Error)


@dataclass(frozen=True)
class Bucket:
    """A bucket and the keys of this environment in it."""

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
            options |= {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": self._until()}
        if wanted.size <= PART:
            digest = base64.b64encode(bytes.fromhex(wanted.sha256)).decode()
            with path.open("rb") as content:  # the server compares the hash with what it received
                self.client.put_object(
                    **self._named(key), Body=content, ChecksumAlgorithm="SHA256", ChecksumSHA256=digest, **options
                )
        else:
            self.client.upload_file(
                str(path),
                *self._named(key).values(),
                ExtraArgs=options | {"ChecksumAlgorithm": "SHA256"},
                Config=TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2),
            )
        if self.print_of(key) != wanted:
            raise BackupRefused(f"What arrived at {self.told} as {key} is not what was sent.")

    def print_of(self, key: str) -> files.Print | None:
        """Return what the bucket says of a file, or None when it has none of that name."""
        try:
            told = self.client.head_object(**self._named(key))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise
        return files.Print(told["ContentLength"], told["Metadata"].get("sha256", ""))

    def hold(self, key: str) -> None:
        """Keep the lock of a file that a new set needs too as long as if it had come today.

        Nothing happens while half the time is left: otherwise each backup would ask twice for every upload.
        """
        if not self.told.lock_days:
            return
        until = self.client.head_object(**self._named(key)).get("ObjectLockRetainUntilDate")
        if until is None or until < timezone.now() + timedelta(days=self.told.lock_days / 2):
            retention = {"Mode": "COMPLIANCE", "RetainUntilDate": self._until()}
            self.client.put_object_retention(**self._named(key), Retention=retention)

    def get(self, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.client.download_file(*self._named(key).values(), str(path))

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield key and size in bytes of what is there."""
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.told.bucket, Prefix=self.told.prefix + prefix):
            for found in page.get("Contents", []):
                yield found["Key"].removeprefix(self.told.prefix), found["Size"]

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            self.client.delete_object(**self._named(key))

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self.told.bucket, "Key": self.told.prefix + key}

    def _until(self) -> datetime:
        return timezone.now() + timedelta(days=self.told.lock_days)

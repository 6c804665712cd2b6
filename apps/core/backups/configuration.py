"""What the variables say about backups, read once at the head of each act."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from apps.core.backups.errors import BackupRefused

REMOTES = {"s3": "second", "s3-third": "third"}  # places by name, and which one people call it


@dataclass(frozen=True)
class S3:
    """A place away from here. Keys begin with the environment's name, so that a bucket can be shared."""

    name: str  # in the history and the figures
    bucket: str
    prefix: str
    endpoint_url: str | None
    region: str
    access_key: str | None
    secret_key: str | None = field(repr=False)  # a traceback must not show it
    lock_days: int  # 0: no object lock

    def __str__(self) -> str:
        return f"the {REMOTES[self.name]} place (bucket {self.bucket})"


@dataclass(frozen=True)
class Configuration:
    folder: Path
    recipients: tuple[str, ...]
    identity_file: Path | None
    files: tuple[Path, ...]  # kept with the secrets: units, the site of nginx
    scratch: Path | None  # where clusters are tried out; None: the system's folder for temporary files
    ping_url: str
    remotes: tuple[S3, ...]  # the second place and the third, those that are named

    @property
    def sets(self) -> Path:
        return self.folder / "sets"

    @property
    def objects(self) -> Path:
        """Uploads by their hash; sets share them."""
        return self.folder / "media"

    @property
    def work(self) -> Path:
        """What is opened for a while. Emptied whenever the lock is taken."""
        return self.folder / "work"


def current() -> Configuration:
    """Return the configuration in force."""
    return Configuration(
        folder=Path(settings.BACKUP_DIR),
        recipients=tuple(settings.BACKUP_RECIPIENTS),
        identity_file=Path(settings.BACKUP_IDENTITY_FILE) if settings.BACKUP_IDENTITY_FILE else None,
        files=tuple(Path(path) for path in settings.BACKUP_FILES),
        scratch=Path(settings.BACKUP_SCRATCH_DIR) if settings.BACKUP_SCRATCH_DIR else None,
        ping_url=settings.BACKUP_PING_URL,
        remotes=tuple(_remotes()),
    )


def _remotes() -> Iterator[S3]:
    for name, head in zip(REMOTES, ("BACKUP_S3", "BACKUP_THIRD"), strict=True):
        told = {key: getattr(settings, f"{head}_{key}") for key in ("BUCKET", "ENDPOINT_URL", "REGION_NAME")}
        if told["BUCKET"]:
            yield S3(
                name=name,
                bucket=told["BUCKET"],
                prefix=f"{settings.ENVIRONMENT}/",
                endpoint_url=told["ENDPOINT_URL"] or None,
                region=told["REGION_NAME"],
                access_key=getattr(settings, f"{head}_ACCESS_KEY_ID") or None,
                secret_key=getattr(settings, f"{head}_SECRET_ACCESS_KEY") or None,
                lock_days=getattr(settings, f"{head}_LOCK_DAYS"),
            )


def check_may_write(configuration: Configuration) -> str:
    """Return a warning, or nothing. Raises ``BackupRefused`` when people's data would lie in the clear."""
    if configuration.recipients:
        return ""
    if settings.SERVED:
        raise BackupRefused(
            "BACKUP_RECIPIENTS is empty, and backups of this environment are not written in the clear. Make a key "
            "with `manage.py backup key --into FILE`, keep FILE away from this server too, and set BACKUP_RECIPIENTS "
            "to the public key it prints."
        )
    return "BACKUP_RECIPIENTS is empty: this backup is not encrypted. Only development and tests allow that."

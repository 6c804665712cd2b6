"""What the variables say about backups, read once at the head of each act."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from apps.core.backups.errors import BackupRefused


@dataclass(frozen=True)
class S3:
    """The second place. Keys begin with the environment's name, so that a bucket can be shared."""

    bucket: str
    prefix: str
    endpoint_url: str | None
    region: str
    access_key: str | None
    secret_key: str | None
    lock_days: int  # 0: no object lock


@dataclass(frozen=True)
class Configuration:
    folder: Path
    recipients: tuple[str, ...]
    identity_file: Path | None
    files: tuple[Path, ...]  # kept with the secrets: units, the site of nginx
    scratch: Path | None  # where clusters are tried out; None: the system's folder for temporary files
    ping_url: str
    s3: S3 | None

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
    s3 = None
    if settings.BACKUP_S3_BUCKET:
        s3 = S3(
            bucket=settings.BACKUP_S3_BUCKET,
            prefix=f"{settings.ENVIRONMENT}/",
            endpoint_url=settings.BACKUP_S3_ENDPOINT_URL or None,
            region=settings.BACKUP_S3_REGION_NAME,
            access_key=settings.BACKUP_S3_ACCESS_KEY_ID or None,
            secret_key=settings.BACKUP_S3_SECRET_ACCESS_KEY or None,
            lock_days=settings.BACKUP_S3_LOCK_DAYS,
        )
    return Configuration(
        folder=Path(settings.BACKUP_DIR),
        recipients=tuple(settings.BACKUP_RECIPIENTS),
        identity_file=Path(settings.BACKUP_IDENTITY_FILE) if settings.BACKUP_IDENTITY_FILE else None,
        files=tuple(Path(path) for path in settings.BACKUP_FILES),
        scratch=Path(settings.BACKUP_SCRATCH_DIR) if settings.BACKUP_SCRATCH_DIR else None,
        ping_url=settings.BACKUP_PING_URL,
        s3=s3,
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

"""What became of each backup, proof and restore, and whether mail waits after a restore."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class BackupRecord(models.Model):
    """One act on backups. The sets themselves say what they hold; this is the history for people and for alerts."""

    class Kind(models.TextChoices):
        ALL = "all", "backup"
        DATABASE = "database", "backup of the database"
        MEDIA = "media", "backup of uploads"
        VERIFY = "verify", "proof"
        DRILL = "drill", "weekly drill"
        RESTORE = "restore", "restore"
        TABLES = "tables", "restore of tables"

    class State(models.TextChoices):
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    BACKUPS = (Kind.ALL, Kind.DATABASE, Kind.MEDIA)

    kind = models.CharField(max_length=20, choices=Kind.choices)
    set_id = models.CharField("set", max_length=40, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RUNNING)
    # Scheduled acts carry what they are for, so that timer and beat together do each of them once.
    occasion = models.CharField(max_length=60, null=True, blank=True, unique=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    size = models.BigIntegerField("bytes", default=0)
    places = models.JSONField(default=list, blank=True)
    message = models.TextField(blank=True)
    # A number and no foreign key: users stand above this app.
    actor_id = models.BigIntegerField("asked for by user", null=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("run_backup", "Can make and prove backups")]
        verbose_name = "backup"
        constraints = [
            models.CheckConstraint(
                name="core_backup_state_known", condition=Q(state__in=["running", "succeeded", "failed"])
            ),
            models.CheckConstraint(
                name="core_backup_finished_has_time",
                condition=Q(state="running", finished_at__isnull=True)
                | (~Q(state="running") & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="core_backup_size_not_negative",
                condition=Q(size__gte=0),
            ),
        ]
        indexes = [models.Index(name="core_backup_last", fields=["kind", "state", "-finished_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.set_id or self.pk}"


class OutgoingHold(models.Model):
    """While this row exists, mails and webhooks wait. A restore writes it into the database before that goes live."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    since = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(name="core_outgoing_hold_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.reason

"""The jobs that run after a request, and when the regular ones were last due."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Job(models.Model):
    """One piece of work: written with the change that causes it, run after commit, kept until it is cleaned up."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Queue(models.TextChoices):
        CRITICAL = "critical"
        DEFAULT = "default"
        BULK = "bulk"

    UNFINISHED = (State.QUEUED, State.RUNNING)
    FINISHED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    name = models.CharField("task", max_length=200)
    args = models.JSONField("arguments", default=dict, blank=True, encoder=DjangoJSONEncoder)
    queue = models.CharField(max_length=20, choices=Queue.choices, default=Queue.DEFAULT)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    dedupe_key = models.CharField(max_length=200, null=True, blank=True, editable=False)

    # The database's clock, because jobs are claimed by machines whose clocks differ.
    run_at = models.DateTimeField("not before", db_default=Now())
    dispatched_at = models.DateTimeField("sent", null=True, editable=False)

    attempts = models.PositiveIntegerField("starts", default=0, editable=False)
    lost_leases = models.PositiveIntegerField("workers lost", default=0, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    worker = models.CharField(
        "last run by",
        max_length=300,
        blank=True,
        db_default="",
        default="",
        editable=False,
        help_text="Machine:process.",
    )

    last_error = models.CharField(max_length=500, blank=True, editable=False)
    trace = models.TextField(blank=True, editable=False)
    result = models.JSONField(null=True, editable=False, encoder=DjangoJSONEncoder)

    request_id = models.CharField(max_length=64, blank=True, editable=False)
    # A number and no foreign key: users stand above this app, and a job outlives its user's account.
    actor_id = models.BigIntegerField("caused by user", null=True, editable=False)

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField("last start", null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        permissions = [("requeue_job", "Can requeue and cancel jobs")]
        constraints = [
            models.CheckConstraint(
                name="core_job_state_known",
                condition=Q(state__in=["queued", "running", "succeeded", "failed", "cancelled"]),
            ),
            models.CheckConstraint(name="core_job_queue_known", condition=Q(queue__in=["critical", "default", "bulk"])),
            models.CheckConstraint(
                name="core_job_lease_while_running",
                condition=Q(state="running", lease_token__isnull=False, lease_expires_at__isnull=False)
                | (~Q(state="running") & Q(lease_token__isnull=True, lease_expires_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="core_job_finished_has_time",
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["succeeded", "failed", "cancelled"], finished_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="core_job_dedupe_key",
                fields=["dedupe_key"],
                condition=Q(dedupe_key__isnull=False, state__in=["queued", "running"]),
            ),
        ]
        # Only the rows that a sweep, the list of failures and the cleanup look for: most rows have succeeded.
        indexes = [
            models.Index(name="core_job_waiting", fields=["run_at"], condition=Q(state="queued")),
            models.Index(name="core_job_leased", fields=["lease_expires_at"], condition=Q(state="running")),
            models.Index(F("finished_at").desc(), name="core_job_failures", condition=Q(state="failed")),
            models.Index(name="core_job_finished", fields=["finished_at"], condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Schedule(models.Model):
    """When an entry of the schedule was last due. One beat of many moves it on, and enqueues the job with it."""

    name = models.CharField(primary_key=True, max_length=200)
    due_at = models.DateTimeField("last due")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="last job")
    last_success_at = models.DateTimeField("last success", null=True)
    paused_at = models.DateTimeField(null=True, help_text="Since when its times pass without a job.")

    class Meta:
        permissions = [("manage_schedule", "Can pause, resume and run the schedule")]

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a worker or a beat last said that it lives."""

    name = models.CharField(primary_key=True, max_length=300)
    kind = models.CharField(max_length=20)
    host = models.CharField(max_length=255)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="core_heartbeat_kind", fields=["kind", "host", "seen_at"])]

    def __str__(self) -> str:
        return self.name


class FailedJob(Job):
    """The jobs that nobody tries any more, as the admin lists them."""

    class Meta:
        proxy = True
        ordering = ["-finished_at"]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}: {self.last_error}"

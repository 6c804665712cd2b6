"""What was deployed, as the deployment log on the server holds it."""

from django.db import models
from django.db.models import Q


class Deployment(models.Model):
    """One release or rollback. The log in the server's files is the source; rows are read from it (``deployments``)."""

    class Kind(models.TextChoices):
        RELEASE = "release"
        ROLLBACK = "rollback"

    class State(models.TextChoices):
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    identifier = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    ref = models.CharField("asked for", max_length=200, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    who = models.CharField("by", max_length=100, blank=True, help_text="The account on the server.")
    state = models.CharField(max_length=20, choices=State.choices)
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    steps = models.JSONField(default=list, help_text="Each step with its seconds, in order.")

    class Meta:
        ordering = ("-started_at",)
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="core_deployment_ended_has_time",
                condition=Q(state="running", finished_at__isnull=True)
                | (~Q(state="running") & Q(finished_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.commit[:12] or self.ref}, {self.state}"

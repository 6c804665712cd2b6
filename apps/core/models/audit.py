"""The audit trail."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """Who changed what, from what to what. Written once; the database refuses every change (docs/adr/0004).

    It names people by id only, without a foreign key, so that it outlives an account that is deleted and holds no
    personal data that would have to go with it.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor_id = models.BigIntegerField(
        null=True, blank=True, help_text="The user; empty when the platform itself acted."
    )
    action = models.CharField(max_length=64)
    target_type = models.CharField(max_length=64, help_text="App and model, as in teams.team.")
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=200, blank=True, help_text="Its name at the time; empty for people.")
    old = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    new = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-pk",)
        default_permissions = ("view",)
        verbose_name = "audit event"
        indexes = [
            models.Index(fields=["target_type", "target_id", "-id"], name="core_audit_target"),
            models.Index(fields=["actor_id", "-id"], name="core_audit_actor"),
            models.Index(fields=["action", "-id"], name="core_audit_action"),
            models.Index(fields=["request_id"], name="core_audit_request", condition=~models.Q(request_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"

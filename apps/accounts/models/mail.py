"""Mails about an account that wait for a worker."""

import uuid

from django.conf import settings
from django.db import models


class OutgoingMail(models.Model):
    """One rendered mail. The row is stored with the change it tells of, and gone once the mail was handed over.

    Reset and confirmation links open accounts, so the content is sealed with the site's key: neither the job, nor
    this table, nor a backup shows one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=80, help_text="The template's name, for people who look after mails.")
    sealed = models.TextField(editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "outgoing mail"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="accounts_outgoingmail_expires_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.pk})"

"""Accounts on their way out."""

from django.conf import settings
from django.db import models


class AccountDeletion(models.Model):
    """Someone asked to delete their account. Until ``due_at`` they can change their mind.

    Restoring removes the row; purging keeps it, as the proof that it was done and when.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deletion")
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "account deletion"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("requested_at")), name="accounts_accountdeletion_has_grace"
            ),
            models.CheckConstraint(
                condition=models.Q(purged_at__isnull=True) | models.Q(purged_at__gte=models.F("due_at")),
                name="accounts_accountdeletion_not_early",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(purged_at__isnull=True), name="accounts_accountdeletion_due"
            )
        ]

    def __str__(self) -> str:
        return f"deletion of user {self.user_id}"

    @property
    def is_pending(self) -> bool:
        return self.purged_at is None

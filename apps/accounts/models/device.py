"""Browsers that somebody logged in with before."""

from django.conf import settings
from django.db import models


class KnownDevice(models.Model):
    """A browser that carries our cookie. A login from any other one is told by mail.

    Only a digest is kept: what is in the table can't be used as the cookie.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_devices")
    digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "known device"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_knowndevice_once")]

    def __str__(self) -> str:
        return f"device {self.pk} of user {self.user_id}"

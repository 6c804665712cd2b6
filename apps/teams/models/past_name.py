"""What a team was called before."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from apps.teams.constants import RENAME_COOL_DOWN
from apps.teams.models.team import Team


class PastNameQuerySet(models.QuerySet["PastName"]):
    def held(self, at: datetime | None = None) -> "PastNameQuerySet":
        """Keep names that nobody else may take yet."""
        return self.filter(given_up_at__gt=(at or timezone.now()) - RENAME_COOL_DOWN)


class PastName(models.Model):
    """One name, tag and address that a team gave up. The address leads to the team for good."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="past_names")
    name = models.CharField(max_length=50)
    name_ci = models.GeneratedField(
        expression=Lower("name"), output_field=models.CharField(max_length=100), db_persist=True
    )
    tag = models.CharField(max_length=10)
    tag_ci = models.GeneratedField(
        expression=Lower("tag"), output_field=models.CharField(max_length=10), db_persist=True
    )
    slug = models.SlugField(max_length=60)
    given_up_at = models.DateTimeField(db_default=Now(), editable=False)
    renamed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    objects = PastNameQuerySet.as_manager()

    class Meta:
        ordering = ["-given_up_at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["name_ci"], name="idx_pastname_name_ci"),
            models.Index(fields=["tag_ci"], name="idx_pastname_tag_ci"),
        ]

    def __str__(self) -> str:
        return f"{self.name} [{self.tag}]"

"""The platform's own memory of its figures, so that it can draw them without anything else installed."""

from django.db import models


class MetricSample(models.Model):
    """One figure in one minute, hour or day. Kept in bounded numbers: docs/metrics.md says how long."""

    class Resolution(models.IntegerChoices):
        MINUTE = 60
        HOUR = 3600
        DAY = 86400

    series = models.CharField(max_length=60)
    label = models.CharField(max_length=100, blank=True, help_text="Which of several: a queue, a disk, a machine.")
    resolution = models.IntegerField(choices=Resolution.choices, help_text="Seconds that it stands for.")
    at = models.DateTimeField(help_text="The begin of these seconds.")
    value = models.FloatField(help_text="The mean.")
    low = models.FloatField()
    high = models.FloatField()
    count = models.PositiveIntegerField(default=1, help_text="How many measurements it stands for.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="core_sample_once", fields=["resolution", "series", "label", "at"]),
            models.CheckConstraint(
                name="core_sample_resolution_known", condition=models.Q(resolution__in=[60, 3600, 86400])
            ),
        ]
        indexes = [models.Index(name="core_sample_old", fields=["resolution", "at"])]

    def __str__(self) -> str:
        return f"{self.series} {self.label} {self.at:%F %T}"


class Operations(MetricSample):
    """The operations page, as the admin knows it: a place in its list, and the permission to see it."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = verbose_name_plural = "operations"

    def __str__(self) -> str:
        return "Operations"

"""What went wrong lately, one row for each kind of failure and for each slow statement. Bounded: docs/errors.md."""

from django.db import models


class ErrorGroup(models.Model):
    """Failures with one cause: the same error from the same line of ours."""

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    kind = models.CharField("error", max_length=200, editable=False)
    message = models.CharField(max_length=500, blank=True, editable=False, help_text="Of the last one.")
    place = models.CharField(max_length=300, blank=True, editable=False, help_text="The innermost line of ours.")
    trace = models.TextField(blank=True, editable=False)
    source = models.CharField("logger", max_length=200, editable=False)
    count = models.PositiveBigIntegerField(default=0, editable=False)
    first_seen_at = models.DateTimeField(editable=False)
    last_seen_at = models.DateTimeField(editable=False)
    first_release = models.CharField(max_length=100, blank=True, editable=False)
    last_release = models.CharField(max_length=100, blank=True, editable=False)
    route = models.CharField("page", max_length=200, blank=True, editable=False)
    request_id = models.CharField("number", max_length=64, blank=True, editable=False)
    task_id = models.CharField("job", max_length=64, blank=True, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-last_seen_at"]
        default_permissions = ("view",)
        permissions = [("resolve_error", "Can mark errors as resolved")]
        verbose_name = "error"
        indexes = [models.Index(fields=["-last_seen_at"], name="core_error_last_seen")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.place or self.source}"


class ErrorSighting(models.Model):
    """One failure with the number that its page told the visitor: what support is asked about. Bounded, newest kept."""

    group = models.ForeignKey(ErrorGroup, on_delete=models.CASCADE, related_name="sightings")
    request_id = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.request_id


class SlowQuery(models.Model):
    """A statement that took too long on one page, without its values."""

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    statement = models.TextField(editable=False)
    route = models.CharField("page", max_length=200, blank=True, editable=False)
    count = models.PositiveBigIntegerField(default=0, editable=False)
    total_ms = models.FloatField(default=0, editable=False)
    max_ms = models.FloatField(default=0, editable=False)
    first_seen_at = models.DateTimeField(editable=False)
    last_seen_at = models.DateTimeField(editable=False)
    request_id = models.CharField("number", max_length=64, blank=True, editable=False, help_text="Of the slowest.")

    class Meta:
        ordering = ["-last_seen_at"]
        default_permissions = ("view",)
        verbose_name_plural = "slow queries"
        indexes = [models.Index(fields=["-last_seen_at"], name="core_slow_last_seen")]

    def __str__(self) -> str:
        return f"{self.max_ms:.0f} ms: {self.statement[:80]}"

    @property
    def mean_ms(self) -> float:
        return self.total_ms / self.count if self.count else 0.0

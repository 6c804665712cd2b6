"""The same words for very many people, with their ids in portions."""

from django.db import models
from django.utils import timezone


class NotificationBatch(models.Model):
    """What is told to many people: the words once, however many they are."""

    type = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    context = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "notification batches"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class BatchChunk(models.Model):
    """Whom one job tells."""

    batch = models.ForeignKey(NotificationBatch, on_delete=models.CASCADE, related_name="chunks")
    user_ids = models.JSONField(help_text="Emptied when they are told.")
    size = models.PositiveIntegerField()
    told = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, told=0)
                | models.Q(done_at__isnull=False, told__lte=models.F("size")),
                name="batch_chunk_tells_when_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.size} people of batch {self.batch_id}"

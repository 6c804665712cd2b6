"""What a team talks over at leisure: threads and replies."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from apps.teams.models.team import Team
from apps.teams.social_limits import REPLY_BODY_LIMIT, THREAD_BODY_LIMIT


class BoardThread(models.Model):
    """One question and what came of it. Its row is locked by whoever replies, so the number of replies is exact."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="threads", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # Made by the form before it is sent: a second click is the same thread.
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120)
    # Empty only when its author's account was deleted.
    body = models.TextField(max_length=THREAD_BODY_LIMIT, blank=True)
    is_pinned = models.BooleanField(default=False, db_default=False)
    is_locked = models.BooleanField(default=False, db_default=False)
    reply_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # The last reply, or the beginning.
    last_at = models.DateTimeField(default=timezone.now, editable=False)
    last_reply = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-last_at", "-pk"]
        verbose_name = "thread"
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="teams_thread_once_per_client_id"),
        ]
        indexes = [
            models.Index(
                fields=["team", "-last_at", "-id"],
                condition=Q(removed_at__isnull=True),
                name="teams_threads_of_a_board",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("teams:thread", args=[self.team.slug, self.pk])


class BoardReply(models.Model):
    """One reply. Removed, it stays as a place without words."""

    thread = models.ForeignKey(BoardThread, on_delete=models.CASCADE, related_name="replies", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    body = models.TextField(max_length=REPLY_BODY_LIMIT, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = "reply"
        verbose_name_plural = "replies"
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="teams_reply_once_per_client_id"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=False, body="") | (Q(removed_at__isnull=True) & ~Q(body="")),
                name="teams_reply_removed_has_no_words",
            ),
        ]
        indexes = [models.Index(fields=["thread", "id"], name="teams_replies_of_a_thread")]

    def __str__(self) -> str:
        return f"Reply {self.pk} in thread {self.thread_id}"


class BoardRead(models.Model):
    """Up to which reply somebody has read a thread."""

    thread = models.ForeignKey(BoardThread, on_delete=models.CASCADE, related_name="reads", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    last_reply = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="teams_thread_read_once")]

    def __str__(self) -> str:
        return f"User {self.user_id} in thread {self.thread_id}"

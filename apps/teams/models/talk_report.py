"""Somebody says that staff should look at what was written on a board or in a chat."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.teams.constants import CHAT_BODY_LIMIT
from apps.teams.models.board import BoardReply, BoardThread
from apps.teams.models.chat import ChatMessage
from apps.teams.models.post import TeamPostReport
from apps.teams.models.team import Team
from apps.teams.social_limits import THREAD_BODY_LIMIT

QUOTED_LIMIT = max(THREAD_BODY_LIMIT, CHAT_BODY_LIMIT) + 200


class TalkReport(models.Model):
    """Each person once for each thread, reply or message.

    ``quoted`` is what it said then: staff read no chat, and whoever wrote it may have deleted it since.
    """

    class Kind(models.TextChoices):
        THREAD = "thread", "Thread of the board"
        REPLY = "reply", "Reply on the board"
        MESSAGE = "message", "Message in the chat"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        UPHELD = "upheld", "Removed"
        DISMISSED = "dismissed", "Nothing wrong"

    Reason = TeamPostReport.Reason

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="talk_reports")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # What is deleted for good leaves its report.
    thread = models.ForeignKey(BoardThread, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    reply = models.ForeignKey(BoardReply, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    message = models.ForeignKey(ChatMessage, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    quoted = models.TextField(max_length=QUOTED_LIMIT, blank=True)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=7, choices=TeamPostReport.Reason.choices)
    words = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True, help_text="What the author reads.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = "report of board or chat"
        verbose_name_plural = "reports of board and chat"
        constraints = [
            models.UniqueConstraint(fields=["thread", "reporter"], name="teams_talk_report_once_a_thread"),
            models.UniqueConstraint(fields=["reply", "reporter"], name="teams_talk_report_once_a_reply"),
            models.UniqueConstraint(fields=["message", "reporter"], name="teams_talk_report_once_a_message"),
            models.CheckConstraint(
                condition=Q(kind="thread", reply=None, message=None)
                | Q(kind="reply", thread=None, message=None)
                | Q(kind="message", thread=None, reply=None),
                name="teams_talk_report_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None)
                | Q(state="dismissed", settled_at__isnull=False)
                | (Q(state="upheld", settled_at__isnull=False) & ~Q(reason="")),
                name="teams_talk_report_settled_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="teams_talk_reports_by_state")]

    def __str__(self) -> str:
        return f"Report {self.pk}: {self.get_kind_display().lower()}"

    @property
    def target_id(self) -> int | None:
        """The id of what is reported; None when it is gone."""
        return self.thread_id or self.reply_id or self.message_id

"""What a team's members say to each other, and how far each has read."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now

from apps.teams.constants import CHAT_BODY_LIMIT, CHAT_EMOJI
from apps.teams.models.team import Team


class TeamChat(models.Model):
    """Counts the changes of one chat. Its row is locked by whoever writes, so numbers appear in their order.

    ``last_revision`` is the number of the newest change. A reader that knows all changes up to N asks for those above N
    and misses none: N+1 is given out only after N was committed or rolled back (docs/chat.md).
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, primary_key=True, related_name="chat")
    last_revision = models.PositiveBigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"Chat of team {self.team_id}"


class ChatMessage(models.Model):
    """One message. Deleted, it stays as a place without words, so that answers to it keep their thread."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="chat_messages", db_index=False)
    # Its place in the chat: the chat's revision when it was sent. Never changes.
    number = models.PositiveBigIntegerField(editable=False)
    # The chat's revision when it last changed: sent, edited, deleted, reacted to.
    revision = models.PositiveBigIntegerField(editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # Made by the browser before it sends: the second try of one message is the same message.
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    body = models.TextField(max_length=CHAT_BODY_LIMIT, blank=True)
    reply_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replies")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="teams_chat_once_per_client_id"),
            models.UniqueConstraint(fields=["team", "number"], name="teams_chat_one_per_number"),
            models.UniqueConstraint(fields=["team", "revision"], name="teams_chat_one_per_revision"),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=False, body="") | (Q(deleted_at__isnull=True) & ~Q(body="")),
                name="teams_chat_deleted_has_no_words",
            ),
            models.CheckConstraint(condition=Q(revision__gte=models.F("number")), name="teams_chat_revision_grows"),
            models.CheckConstraint(
                condition=models.lookups.LessThanOrEqual(Length("body"), CHAT_BODY_LIMIT), name="teams_chat_body_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.number} in the chat of team {self.team_id}"


class ChatMention(models.Model):
    """Somebody whom a message names."""

    message = models.ForeignKey(ChatMessage, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="teams_chat_mention_once")]

    def __str__(self) -> str:
        return f"Mention of user {self.user_id} in message {self.message_id}"


class ChatReaction(models.Model):
    """One sign of one person under one message."""

    message = models.ForeignKey(ChatMessage, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="teams_chat_reaction_once"),
            models.CheckConstraint(condition=Q(emoji__in=list(CHAT_EMOJI)), name="teams_chat_reaction_known"),
        ]

    def __str__(self) -> str:
        return f"Reaction of user {self.user_id} to message {self.message_id}"


class ChatReader(models.Model):
    """How far a member has read, and whether the chat may call them. Without a row: nothing read, not muted."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="chat_readers", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_number = models.PositiveBigIntegerField(default=0, db_default=0)
    muted = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="teams_chat_reader_once")]

    def __str__(self) -> str:
        return f"User {self.user_id} in the chat of team {self.team_id}"

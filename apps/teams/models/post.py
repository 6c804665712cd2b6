"""What a team tells the world, or its own: posts and announcements."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from apps.common.images import RenditionsField
from apps.teams.models.team import Team
from apps.teams.social_limits import POST_BODY_LIMIT, POST_PICTURES


class PostQuerySet(models.QuerySet["TeamPost"]):
    def published(self) -> "PostQuerySet":
        return self.filter(state=TeamPost.State.PUBLISHED)

    def on_top(self, on: date | None = None) -> "PostQuerySet":
        """Keep what stands above the others: pinned, or an announcement until its day."""
        day = on or timezone.localdate()
        return self.published().filter(Q(is_pinned=True) | Q(on_top_until__gte=day))


class TeamPost(models.Model):
    """One post. What is removed stays for a while, without being shown, so that it can be undone."""

    class Kind(models.TextChoices):
        POST = "post", "Post"
        ANNOUNCEMENT = "announcement", "Announcement"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PENDING = "pending", "Waits for a captain"
        PUBLISHED = "published", "Published"
        REJECTED = "rejected", "Sent back"
        REMOVED = "removed", "Removed"

    class Audience(models.TextChoices):
        PUBLIC = "public", "Everyone who sees the team"
        MEMBERS = "members", "Members only"

    # What may become of what. A removed post goes back to what it was.
    TRANSITIONS = {
        State.DRAFT: frozenset({State.PENDING, State.PUBLISHED, State.REMOVED}),
        State.PENDING: frozenset({State.DRAFT, State.PUBLISHED, State.REJECTED, State.REMOVED}),
        State.PUBLISHED: frozenset({State.PENDING, State.REMOVED}),
        State.REJECTED: frozenset({State.DRAFT, State.PENDING, State.PUBLISHED, State.REMOVED}),
        State.REMOVED: frozenset({State.DRAFT, State.PENDING, State.PUBLISHED, State.REJECTED}),
    }

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="posts", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # Made by the form before it is sent: a second click on "Publish" is the same post.
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.POST)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    audience = models.CharField(max_length=7, choices=Audience.choices, default=Audience.PUBLIC)
    title = models.CharField(max_length=120)
    body = models.TextField(max_length=POST_BODY_LIMIT)
    # The last day on which an announcement stands on top.
    on_top_until = models.DateField(null=True, blank=True)
    is_pinned = models.BooleanField(default=False, db_default=False)
    # Why it was sent back or removed; the author reads it.
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    state_before = models.CharField(max_length=9, blank=True, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = "team post"
        indexes = [
            # A team's page of posts, and what the ranking counts; most rows are published, but not all.
            models.Index(
                fields=["team", "-published_at", "-id"], condition=Q(state="published"), name="teams_posts_published"
            ),
            models.Index(fields=["team", "state", "-id"], name="teams_posts_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="teams_post_once_per_client_id"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "pending", "published", "rejected", "removed"]),
                name="teams_post_state_known",
            ),
            models.CheckConstraint(condition=Q(kind__in=["post", "announcement"]), name="teams_post_kind_known"),
            models.CheckConstraint(condition=Q(audience__in=["public", "members"]), name="teams_post_audience_known"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="teams_post_published_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="removed", removed_at__isnull=False) | (~Q(state="removed") & Q(removed_at=None)),
                name="teams_post_removed_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind="announcement") | Q(on_top_until__isnull=True),
                name="teams_post_only_announcements_on_top",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(reason=""), name="teams_post_rejected_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("teams:post", args=[self.team.slug, self.pk])

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_announcement(self) -> bool:
        return self.kind == self.Kind.ANNOUNCEMENT

    @property
    def stands_on_top(self) -> bool:
        return self.is_pinned or bool(self.on_top_until and self.on_top_until >= timezone.localdate())


class TeamPostPicture(models.Model):
    """One of the pictures of a post, in its place."""

    post = models.ForeignKey(TeamPost, on_delete=models.CASCADE, related_name="pictures", db_index=False)
    position = models.PositiveSmallIntegerField()
    image = RenditionsField(purpose="team_post")
    alt = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["post", "position"], name="teams_post_picture_in_its_place"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=POST_PICTURES), name="teams_post_at_most_four_pictures"
            ),
        ]

    def __str__(self) -> str:
        return f"Picture {self.position} of post {self.post_id}"


class TeamPostReport(models.Model):
    """Somebody says that staff should look at a post. Each person once for each post."""

    class Reason(models.TextChoices):
        SPAM = "spam", "Advertising or spam"
        ABUSE = "abuse", "Insults or hate"
        FALSE = "false", "Pretends to be someone else, or lies about a result"
        PRIVATE = "private", "Shows something private"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        UPHELD = "upheld", "Post removed"
        DISMISSED = "dismissed", "Nothing wrong"

    post = models.ForeignKey(TeamPost, on_delete=models.CASCADE, related_name="reports", db_index=False)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=7, choices=Reason.choices)
    words = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = "report of a post"
        verbose_name_plural = "reports of posts"
        constraints = [
            models.UniqueConstraint(fields=["post", "reporter"], name="teams_post_report_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "upheld", "dismissed"]), name="teams_post_report_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="teams_post_report_settled_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="teams_post_reports_by_state")]

    def __str__(self) -> str:
        return f"Report {self.pk} of post {self.post_id}"

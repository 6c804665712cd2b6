"""The queue of achievements that teams told: confirm, or reject with a reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.admin.sponsors import ReasonForm
from apps.teams.admin.teams import ReadOnly
from apps.teams.models import TeamAchievement
from apps.teams.services import achievement_reviews


@admin.register(TeamAchievement)
class AchievementAdmin(ReadOnly, ModelAdmin):
    list_display = [
        "title",
        "team",
        "status",
        "source",
        "achieved_on",
        "place",
        "evidence_url",
        "given_by",
        "created_at",
    ]
    list_filter = ["status", "source", "achieved_on"]
    search_fields = ["title", "team__name", "team__tag", "evidence_url"]
    list_select_related = ["team", "given_by"]
    # What waits stands first: "unconfirmed" is the last of the words.
    ordering = ["-status", "created_at"]
    action_form = ReasonForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    actions = ["confirm", "reject"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TeamAchievement]:
        # What a team took off its shelf waits for nobody.
        return super().get_queryset(request).filter(removed_at__isnull=True)

    @admin.action(description="Confirm", permissions=["review"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[TeamAchievement]) -> None:
        self._each(request, queryset, achievement_reviews.confirm_achievement, "confirmed")

    @admin.action(description="Reject, with the reason", permissions=["review"])
    def reject(self, request: HttpRequest, queryset: QuerySet[TeamAchievement]) -> None:
        reason = request.POST.get("reason", "")
        self._each(request, queryset, achievement_reviews.reject_achievement, "rejected", reason=reason)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return permissions.can_review_achievements(request.user)

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[TeamAchievement],
        act: Callable[..., TeamAchievement],
        done: str,
        **words: Any,
    ) -> None:
        """Do it to one after the other; a refusal of one leaves the others alone."""
        for achievement in queryset.order_by("pk"):
            try:
                act(actor=request.user, achievement_id=achievement.pk, **words)
            except DomainError as refusal:
                messages.error(request, f"{achievement.title}: {refusal.message}")
            else:
                messages.success(request, f"{achievement.title} {done}.")

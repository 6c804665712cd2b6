"""The queue of achievements that teams told: confirm, or reject with a reason."""

from collections.abc import Callable

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.staff_pages import ReadOnlyAdmin, each
from apps.teams import permissions
from apps.teams.admin.sponsors import ReasonForm
from apps.teams.models import TeamAchievement
from apps.teams.services import achievement_reviews


@admin.register(TeamAchievement)
class AchievementAdmin(ReadOnlyAdmin):
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

    def offers(self, act: str, row: TeamAchievement) -> bool:
        states = TeamAchievement.Status
        end = states.CONFIRMED if act == "confirm" else states.REJECTED
        return end in TeamAchievement.TRANSITIONS[states(row.status)]

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[TeamAchievement],
        act: Callable[..., object],
        done: str,
        **words: str,
    ) -> None:
        each(
            request,
            queryset,
            lambda row: act(actor=request.user, achievement_id=row.pk, **words),
            done,
            lambda row: row.title,
        )

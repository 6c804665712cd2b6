"""The queue of teams that want to be verified: approve, or reject with a reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.staff_pages import ReadOnlyAdmin, each
from apps.teams import permissions
from apps.teams.admin.sponsors import ReasonForm
from apps.teams.models import TeamVerification
from apps.teams.services import verification


@admin.register(TeamVerification)
class VerificationAdmin(ReadOnlyAdmin):
    list_display = ["team", "status", "evidence_begins", "requested_by", "created_at", "reviewed_by", "reviewed_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["team__name", "team__tag", "evidence"]
    list_select_related = ["team", "requested_by", "reviewed_by"]
    action_form = ReasonForm
    actions = ["approve", "reject"]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What waits stands first, the oldest on top."""
        return ["reviewed_at", "created_at"]

    @admin.display(description="Evidence")
    def evidence_begins(self, request: TeamVerification) -> str:
        return request.evidence[:120]

    @admin.action(description="Approve: the team is verified", permissions=["review"])
    def approve(self, request: HttpRequest, queryset: QuerySet[TeamVerification]) -> None:
        self._each(request, queryset, verification.approve_verification, "is verified")

    @admin.action(description="Reject, with the reason", permissions=["review"])
    def reject(self, request: HttpRequest, queryset: QuerySet[TeamVerification]) -> None:
        reason = request.POST.get("reason", "")
        self._each(request, queryset, verification.reject_verification, "rejected", reason=reason)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return permissions.can_review_verifications(request.user)

    def offers(self, act: str, row: TeamVerification) -> bool:
        return row.status == TeamVerification.Status.PENDING

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[TeamVerification],
        act: Callable[..., object],
        done: str,
        **words: str,
    ) -> None:
        each(
            request,
            queryset.select_related("team"),
            lambda row: act(actor=request.user, verification_id=row.pk, **words),
            done,
            lambda row: row.team.name,
        )

"""The queue of proposed sponsors: approve, reject with a reason, end early."""

from collections.abc import Callable

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.core.staff_pages import ReadOnlyAdmin, each
from apps.teams import permissions
from apps.teams.models import TeamSponsor
from apps.teams.services import sponsorship


class ReasonForm(ActionForm):
    """The box of actions with a line for what the captain will read."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=300,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "The captain reads it"}),
    )


@admin.register(TeamSponsor)
class SponsorAdmin(ReadOnlyAdmin):
    list_display = ["name", "team", "tier", "status", "url", "starts_on", "ends_on", "proposed_by", "created_at"]
    list_filter = ["status", "tier", "starts_on", "ends_on"]
    search_fields = ["name", "url", "team__name", "team__tag"]
    list_select_related = ["team", "proposed_by"]
    # What waits stands first: "pending" is the last of the words.
    ordering = ["-status", "created_at"]
    action_form = ReasonForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    actions = ["approve", "reject", "end"]

    @admin.action(description="Approve", permissions=["review"])
    def approve(self, request: HttpRequest, queryset: QuerySet[TeamSponsor]) -> None:
        self._each(request, queryset, sponsorship.approve_sponsor, "approved")

    @admin.action(description="Reject, with the reason", permissions=["review"])
    def reject(self, request: HttpRequest, queryset: QuerySet[TeamSponsor]) -> None:
        self._each(request, queryset, sponsorship.reject_sponsor, "rejected", reason=request.POST.get("reason", ""))

    @admin.action(description="End early, with the reason", permissions=["review"])
    def end(self, request: HttpRequest, queryset: QuerySet[TeamSponsor]) -> None:
        self._each(request, queryset, sponsorship.cancel_sponsor, "ended", reason=request.POST.get("reason", ""))

    def has_review_permission(self, request: HttpRequest) -> bool:
        return permissions.can_review_sponsors(request.user)

    def offers(self, act: str, row: TeamSponsor) -> bool:
        states = TeamSponsor.Status
        return row.status == (states.ACTIVE if act == "end" else states.PENDING)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[TeamSponsor], act: Callable[..., object], done: str, **words: str
    ) -> None:
        each(
            request,
            queryset,
            lambda row: act(actor=request.user, sponsor_id=row.pk, **words),
            done,
            lambda row: row.name,
        )

"""Promotions: the queue of bookings, schedule one for free, take some down; and what the places cost."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.core.errors import DomainError
from apps.core.staff_pages import ActsOnPage, each
from apps.teams import permissions
from apps.teams.admin.sponsors import ReasonForm
from apps.teams.models import PromotionPlace, TeamPromotion
from apps.teams.services import promotions


@admin.register(TeamPromotion)
class PromotionAdmin(ActsOnPage, ModelAdmin):
    list_display = ["team", "kind", "status", "price", "refunded", "starts_at", "ends_at", "created_by"]
    list_filter = ["status", "kind", "starts_at", "ends_at"]
    search_fields = ["team__name", "team__tag", "headline"]
    list_select_related = ["team", "created_by"]
    autocomplete_fields = ["team"]
    fields = ["team", "kind", "headline", "starts_at", "ends_at"]
    action_form = ReasonForm
    actions = ["approve", "reject", "cancel"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = super().get_fields(request, obj)
        return [*asked, "status", "price", "refunded", "payer", "reason", "decided_by", "decided_at"] if obj else asked

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_promote(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a new time is a new promotion: the captain was told the old one

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_promote_permission(self, request: HttpRequest) -> bool:
        return permissions.can_promote(request.user)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form whose validity is the service's word, so that a refusal stands at its field."""
        base = super().get_form(request, obj, change=change, **kwargs)

        class Scheduling(base):  # type: ignore[misc, valid-type]  # the class is made by Django for this request
            def _post_clean(self) -> None:
                super()._post_clean()
                if self.errors:
                    return
                asked = {name: self.cleaned_data[name] for name in ("kind", "headline", "starts_at", "ends_at")}
                try:
                    self.instance = promotions.schedule_promotion(
                        actor=request.user, team_id=self.cleaned_data["team"].pk, **asked
                    )
                except DomainError as refusal:
                    self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)

        return Scheduling

    def save_model(self, request: HttpRequest, obj: TeamPromotion, form: forms.Form, change: bool) -> None:
        """Leave it: the service has written the row."""

    @admin.action(description="Approve, and take the coins", permissions=["promote"])
    def approve(self, request: HttpRequest, queryset: QuerySet[TeamPromotion]) -> None:
        self._each(request, queryset, promotions.approve_promotion, "approved")

    @admin.action(description="Reject, with the reason", permissions=["promote"])
    def reject(self, request: HttpRequest, queryset: QuerySet[TeamPromotion]) -> None:
        self._each(request, queryset, promotions.reject_promotion, "rejected", reason=request.POST.get("reason", ""))

    @admin.action(description="Cancel; a paid one with the reason", permissions=["promote"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[TeamPromotion]) -> None:
        self._each(request, queryset, promotions.cancel_promotion, "cancelled", reason=request.POST.get("reason", ""))

    def offers(self, act: str, row: TeamPromotion) -> bool:
        states = TeamPromotion.Status
        if act == "cancel":
            return row.status in {states.SCHEDULED, states.ACTIVE}
        return row.status == states.REQUESTED

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[TeamPromotion],
        act: Callable[..., object],
        done: str,
        **words: str,
    ) -> None:
        each(request, queryset, lambda row: act(actor=request.user, promotion_id=row.pk, **words), done)


@admin.register(PromotionPlace)
class PromotionPlaceAdmin(ModelAdmin):
    list_display = ["kind", "price_per_day", "slots", "longest", "is_bookable"]
    readonly_fields = ["kind"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # places are code; each has its row

    def has_delete_permission(self, request: HttpRequest, obj: PromotionPlace | None = None) -> bool:
        return False  # closed to captains instead

    def has_change_permission(self, request: HttpRequest, obj: PromotionPlace | None = None) -> bool:
        return permissions.can_promote(request.user)

    def has_view_permission(self, request: HttpRequest, obj: PromotionPlace | None = None) -> bool:
        return permissions.can_promote(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_promote(request.user)

    def save_model(self, request: HttpRequest, obj: PromotionPlace, form: Any, change: bool) -> None:
        asked = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            promotions.change_place(actor=request.user, kind=obj.kind, **asked)
        except DomainError as refusal:
            messages.error(request, refusal.message)

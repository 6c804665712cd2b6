"""Promotions: schedule one, cancel some."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.models import TeamPromotion
from apps.teams.services import promotion as promotions


@admin.register(TeamPromotion)
class PromotionAdmin(ModelAdmin):
    list_display = ["team", "kind", "status", "starts_at", "ends_at", "created_by"]
    list_filter = ["status", "kind", "starts_at", "ends_at"]
    search_fields = ["team__name", "team__tag", "headline"]
    list_select_related = ["team", "created_by"]
    autocomplete_fields = ["team"]
    fields = ["team", "kind", "headline", "starts_at", "ends_at"]
    actions = ["cancel"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_promote(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a new time is a new promotion: the captain was told the old one

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_cancel_permission(self, request: HttpRequest) -> bool:
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

    @admin.action(description="Cancel", permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[TeamPromotion]) -> None:
        for promotion in queryset.order_by("pk"):
            try:
                promotions.cancel_promotion(actor=request.user, promotion_id=promotion.pk)
            except DomainError as refusal:
                messages.error(request, f"{promotion}: {refusal.message}")
            else:
                messages.success(request, f"{promotion} cancelled.")

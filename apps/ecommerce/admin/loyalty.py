"""The loyalty programme, and everybody's points to look at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from apps.core.staff_pages import ReadOnlyAdmin
from apps.ecommerce import permissions
from apps.ecommerce.models import LoyaltyEntry, LoyaltyProgram, LoyaltyTier
from apps.ecommerce.services import loyalty_keeping


class TierInline(TabularInline):
    model = LoyaltyTier
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_change_loyalty(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_change_loyalty(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_change_loyalty(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_change_loyalty(request.user)


class ProgramForm(forms.ModelForm):
    class Meta:
        model = LoyaltyProgram
        fields = loyalty_keeping.FIELDS

    def _get_validation_exclusions(self) -> set[str]:
        """Leave out that only one runs: the service stops the one that ran before."""
        return {*super()._get_validation_exclusions(), "is_active"}  # type: ignore[misc]  # the stubs leave it out


@admin.register(LoyaltyProgram)
class LoyaltyProgramAdmin(ModelAdmin):
    form = ProgramForm
    list_display = ("name", "is_active", "points_per_100_taka", "point_value_poisha", "smallest_redemption")
    inlines = (TierInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_change_loyalty(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: LoyaltyProgram | None = None) -> bool:
        return False  # switched off instead

    def save_model(self, request: HttpRequest, obj: LoyaltyProgram, form: Any, change: bool) -> None:
        saved = loyalty_keeping.save_program(
            actor=request.user,
            program_id=obj.pk if change else None,
            **{name: getattr(obj, name) for name in loyalty_keeping.FIELDS},
        )
        obj.pk = saved.pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Give the whole table to the service, which sets it anew."""
        formset.save(commit=False)
        kept = [row.cleaned_data for row in formset.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]
        tiers = [(row["name"], row["from_points"], row["percent"]) for row in kept]
        loyalty_keeping.set_tiers(actor=request.user, program_id=form.instance.pk, tiers=tiers)


@admin.register(LoyaltyEntry)
class LoyaltyEntryAdmin(ReadOnlyAdmin):
    list_display = ("account", "kind", "points", "points_after", "order", "created_at")
    list_filter = ("kind",)
    search_fields = ("account__user__username", "order__number")
    list_select_related = ("account__user", "order")

"""The ranking for staff: weights, results and adjustments go through their services; what was counted is only shown."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from apps.accounts.models import User
from apps.core.staff_pages import ReadOnlyAdmin
from apps.corelib import games
from apps.corelib.ranking import Weights
from apps.teams.models import (
    RankingCriteria,
    RankingRun,
    TeamPointsAdjustment,
    TeamRankingBreakdown,
    TeamRankingHistory,
)
from apps.teams.permissions import can_change_criteria
from apps.teams.selectors.ranking_totals import active_weights
from apps.teams.selectors.ranking_what_if import ranking_at, simulate
from apps.teams.services import points
from apps.teams.services.ranking_service import ranking_service


def _staff(request: HttpRequest) -> User:
    """Return who is logged in: the admin lets nobody else this far."""
    return cast("User", request.user)


class WhatIfForm(forms.Form):
    """The weights to try. Empty fields are as they are now; an empty cap is no cap."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in RankingCriteria.WEIGHT_FIELDS:
            self.fields[name] = forms.IntegerField(
                label=name.replace("_", " ").capitalize(),
                min_value=0,
                max_value=10_000,
                required=name != "max_months",
                widget=UnfoldAdminIntegerFieldWidget(),
            )


class PastForm(forms.Form):
    """Which evening, and which game."""

    day = forms.DateField(label="End of the day", widget=UnfoldAdminSingleDateWidget())
    game = forms.ChoiceField(required=False, choices=games.choices, widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["game"].choices = [("", "All games"), *games.choices()]  # type: ignore[attr-defined] # a ChoiceField


@admin.register(RankingCriteria)
class CriteriaAdmin(ModelAdmin):
    fields = ["name", *RankingCriteria.WEIGHT_FIELDS]
    list_display = ["name", "is_active", "winner", "runner_up", "top_four", "participation", "created_at"]
    list_before_template = "teams/admin/ranking_links.html"
    actions = ["activate", "recalculate"]

    def has_delete_permission(self, request: HttpRequest, obj: RankingCriteria | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("what-if/", view(self.what_if), name="teams_ranking_what_if"),
            path("past/", view(self.past), name="teams_ranking_past"),
        ]
        return [*own, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: RankingCriteria, form: Any, change: bool) -> None:
        points.save_criteria(actor=_staff(request), criteria=obj)

    @admin.action(description="Count by these weights from now on", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[RankingCriteria]) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            messages.error(request, "Choose one set of weights: only one can count.")
            return
        points.activate_criteria(actor=_staff(request), criteria_id=chosen[0].pk)
        messages.success(request, f"{chosen[0].name} counts from the next recalculation on.")

    @admin.action(description="Recalculate all teams now, by the active weights", permissions=["change"])
    def recalculate(self, request: HttpRequest, queryset: QuerySet[RankingCriteria]) -> None:
        result = ranking_service.recalculate_all_teams(reason=f"Started by staff member {request.user.pk}")
        messages.success(request, f"{result['teams_updated']} of {result['teams_processed']} teams updated.")

    def what_if(self, request: HttpRequest) -> HttpResponse:
        """Show what other weights would change. It writes nothing, so that a GET will do."""
        now = active_weights()
        shown = {name: getattr(now, name) for name in RankingCriteria.WEIGHT_FIELDS}
        form = WhatIfForm(request.GET if "winner" in request.GET else None, initial=shown)
        found = simulate(Weights(**form.cleaned_data)) if form.is_valid() else None
        return self._page(request, "teams/admin/what_if.html", "What would change", form=form, found=found)

    def past(self, request: HttpRequest) -> HttpResponse:
        """Show the places at the end of a day."""
        form = PastForm(request.GET or None)
        places = None
        if form.is_valid():
            at = timezone.make_aware(datetime.combine(form.cleaned_data["day"], time.max))
            places = ranking_at(at, game=form.cleaned_data["game"])
        return self._page(request, "teams/admin/past.html", "The ranking of a past day", form=form, places=places)

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        if not can_change_criteria(request.user):
            raise PermissionDenied
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.model._meta}
        return TemplateResponse(request, template, context)


class AdjustmentForm(forms.ModelForm):
    amount = forms.IntegerField(
        min_value=-points.MOST,
        max_value=points.MOST,
        help_text="Points to give; with a minus, to take.",
        widget=UnfoldAdminIntegerFieldWidget(),
    )

    class Meta:
        model = TeamPointsAdjustment
        fields = ["team", "amount", "reason"]

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount == 0:
            raise forms.ValidationError("Give or take at least one point.")
        return amount


@admin.register(TeamPointsAdjustment)
class AdjustmentAdmin(ModelAdmin):
    """Added, never changed: what was wrong is put right by another one."""

    form = AdjustmentForm
    autocomplete_fields = ["team"]
    list_display = ["team", "amount", "reason", "actor_id", "created_at"]
    list_select_related = ["team"]
    search_fields = ["team__name", "team__tag", "reason"]

    def has_change_permission(self, request: HttpRequest, obj: TeamPointsAdjustment | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TeamPointsAdjustment | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: TeamPointsAdjustment, form: Any, change: bool) -> None:
        saved = points.adjust_points(actor=_staff(request), team=obj.team, amount=obj.amount, reason=obj.reason)
        obj.pk = saved.pk


@admin.register(TeamRankingBreakdown)
class BreakdownAdmin(ReadOnlyAdmin):
    list_display = ["team", "total", "rank", "game", "game_rank", "region", "region_rank"]
    list_filter = ["game", "region"]
    list_select_related = ["team"]
    search_fields = ["team__name", "team__tag"]


@admin.register(TeamRankingHistory)
class HistoryAdmin(ReadOnlyAdmin):
    list_display = ["team", "before", "after", "source", "reason", "actor_id", "created_at"]
    list_filter = ["source"]
    list_select_related = ["team"]
    search_fields = ["team__name", "team__tag", "reason"]
    show_full_result_count = False  # a table that only grows


@admin.register(RankingRun)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["finished_at", "reason", "teams_processed", "teams_updated"]

"""Results for staff: found by filter, recorded and corrected with a reason, never deleted."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.forms.models import construct_instance
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.models import TeamTournamentRegistration
from apps.teams.services import results

FACTS = ("tournament_name", "status", "placement", "participants", "prize", "played_on")


class ResultForm(forms.ModelForm):
    """A result as staff type it. Its validity is the service's word, so that a refusal stands at its field."""

    actor: User
    reason = forms.CharField(
        label="Reason for the correction",
        required=False,
        max_length=300,
        help_text="Goes to the audit trail. What the team was paid is settled at once.",
        widget=UnfoldAdminTextInputWidget(),
    )

    class Meta:
        model = TeamTournamentRegistration
        fields = ["team", "tournament_id", *FACTS]

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if self.instance.pk and self.has_changed() and not reason:
            raise forms.ValidationError("Say why it is corrected.")
        return reason

    def _post_clean(self) -> None:
        """Take the place of Django's own check of the whole row: of a broken constraint that tells the name."""
        self.instance = construct_instance(self, self.instance, self._meta.fields)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined] # left out by its types
        except forms.ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined] # left out by its types
        if self.errors:
            return
        given = self.cleaned_data
        try:
            self.instance = results.record_result(
                actor=self.actor,
                team_id=given["team"].pk if "team" in given else self.instance.team_id,
                tournament_id=given.get("tournament_id", self.instance.tournament_id),
                reason=given.get("reason", ""),
                **{name: given[name] for name in FACTS},
            )
        except DomainError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


@admin.register(TeamTournamentRegistration)
class ResultAdmin(ModelAdmin):
    form = ResultForm
    autocomplete_fields = ["team"]
    list_display = ["tournament_name", "tournament_id", "team", "status", "placement", "prize", "played_on"]
    list_filter = ["status", "placement", ("played_on", RangeDateFilter), "team__game"]
    list_filter_submit = True
    list_select_related = ["team"]
    list_before_template = "teams/admin/results_links.html"
    search_fields = ["tournament_name", "team__name", "team__tag", "=tournament_id"]
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: TeamTournamentRegistration | None = None) -> list[str]:
        return ["team", "tournament_id", *FACTS, *(["players", "reason"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: TeamTournamentRegistration | None = None) -> list[str]:
        # The first two say which result it is.
        return ["team", "tournament_id", "players"] if obj else []

    @admin.display(description="players of that day")
    def players(self, result: TeamTournamentRegistration) -> str:
        return ", ".join(f"{player['name']} ({player['role']})" for player in result.roster) or "Nobody is known."

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_record_results(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: TeamTournamentRegistration | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.actor = cast("User", request.user)
        return form

    def save_model(self, request: HttpRequest, obj: TeamTournamentRegistration, form: Any, change: bool) -> None:
        """Leave it: the service has written the row."""

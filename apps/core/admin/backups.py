"""Backups for staff: the history, one act with its message, and two things to ask for: a backup, and a proof."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat, truncatechars
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from apps.core.admin.jobs import block
from apps.core.backups import asking
from apps.core.errors import DomainError
from apps.core.models import BackupRecord, Job

COLOURS = {"succeeded": "success", "failed": "danger", "running": "info"}
KINDS = (("all", "Database and uploads"), ("database", "Only the database"), ("media", "Only the uploads"))


class BackupForm(forms.Form):
    kind = forms.ChoiceField(label="What", choices=KINDS, widget=UnfoldAdminSelectWidget)


@admin.register(BackupRecord)
class BackupRecordAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    told_when_empty = "No backup has been made yet. The schedule makes one each night at 01:00 UTC."
    list_display = ("started_at", "told_kind", "told_state", "set_id", "told_size", "told_places", "short_message")
    list_filter = ("kind", "state")
    search_fields = ("set_id", "message")
    search_help_text = "Set or message"
    actions = ("prove_selected",)
    actions_list = ("make_one",)
    actions_detail = ("prove_one",)
    list_before_template = change_form_before_template = "core/backups/without_scripts.html"
    fields = (
        *("told_kind", "state", "set_id", "message_text", "told_size", "told_places"),
        *("started_at", "finished_at", "verified_at", "occasion", "actor_id"),
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: BackupRecord | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: BackupRecord | None = None) -> bool:
        return False

    def has_run_permission(self, request: HttpRequest, *args: Any) -> bool:
        return asking.can_run(request.user)

    @admin.display(description="what", ordering="kind")
    def told_kind(self, row: BackupRecord) -> str:
        return row.get_kind_display().capitalize()

    @display(description="state", ordering="state", label=COLOURS)  # type: ignore[untyped-decorator] # the theme has no types
    def told_state(self, row: BackupRecord) -> tuple[str, Any]:
        return row.state, row.get_state_display()

    @admin.display(description="size", ordering="size")
    def told_size(self, row: BackupRecord) -> str:
        return filesizeformat(row.size) if row.size else "—"

    @admin.display(description="where")
    def told_places(self, row: BackupRecord) -> str:
        return ", ".join(row.places) or "—"

    @admin.display(description="message")
    def short_message(self, row: BackupRecord) -> str:
        return truncatechars(row.message, 120)

    @admin.display(description="message")
    def message_text(self, row: BackupRecord) -> str:
        return block(row.message)

    @action(description="Make a backup", url_path="make", permissions=["run"])  # type: ignore[untyped-decorator,unused-ignore]  # unfold has no types
    def make_one(self, request: HttpRequest) -> HttpResponse:
        form = BackupForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                job = asking.ask(actor=request.user, kind=form.cleaned_data["kind"])
            except DomainError as refusal:
                form.add_error(None, refusal.message)
            else:
                return self._asked(request, job, "The backup")
        return self._page(request, "core/backups/make.html", "Make a backup", form=form)

    @action(description="Prove by restoring", url_path="prove", permissions=["run"])  # type: ignore[untyped-decorator,unused-ignore]  # unfold has no types
    def prove_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_run_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        problem = ""
        if request.method == "POST":
            try:
                job = asking.ask(actor=request.user, kind=BackupRecord.Kind.VERIFY, set_id=row.set_id)
            except DomainError as refusal:
                problem = refusal.message
            else:
                return self._asked(request, job, f"The proof of {row.set_id}")
        return self._page(request, "core/backups/prove.html", "Prove by restoring", row=row, problem=problem)

    @admin.action(description="Prove the selected sets by restoring them", permissions=["run"])
    def prove_selected(self, request: HttpRequest, rows: QuerySet[BackupRecord]) -> None:
        for set_id in sorted(set(rows.values_list("set_id", flat=True))):
            try:
                asking.ask(actor=request.user, kind=BackupRecord.Kind.VERIFY, set_id=set_id)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.WARNING)
            else:
                self.message_user(request, f"The proof of {set_id} is under way.", messages.SUCCESS)

    def _asked(self, request: HttpRequest, job: Job, what: str) -> HttpResponse:
        messages.success(request, f"{what} is under way as job {job.pk}. This list shows what becomes of it.")
        return HttpResponseRedirect(reverse("admin:core_backuprecord_changelist"))

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        where = {
            "title": title,
            "opts": self.model._meta,
            "list_address": reverse("admin:core_backuprecord_changelist"),
        }
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), **where, **context})

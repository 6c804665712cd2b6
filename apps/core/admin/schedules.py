"""The schedule in the admin: when each entry was due, is due and last succeeded; pause, resume, run now."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from apps.core.errors import DomainError
from apps.core.jobs import schedule_operations, schedules, selectors
from apps.core.models import Schedule
from apps.core.staff_pages import ReadOnlyAdmin

LATE_SECONDS = 120
COLOURS = {"runs": "success", "paused": "warning", "late": "danger", "misses": "danger"}
TOLD = {"runs": "runs", "paused": "paused", "late": "late: does beat run?", "misses": "no success for two times"}


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    list_display = ("name", "condition", "times", "due_at", "next_due", "last_success_at", "last_job")
    list_display_links = None
    list_select_related = ("job",)
    list_per_page = 200
    search_fields = ("name",)
    ordering = ("name",)
    actions = ("pause", "resume", "run_now")

    @cached_property
    def _entries(self) -> dict[str, schedules.Entry]:
        return {entry.name: entry for entry in schedules.entries()}

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return schedule_operations.can_manage(request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        rows: QuerySet[Schedule] = super().get_queryset(request)
        return rows.filter(name__in=self._entries)  # what the code no longer names is history

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        unseen = sorted(set(self._entries) - set(Schedule.objects.values_list("name", flat=True)))
        if unseen and request.method == "GET":
            messages.warning(request, f"No beat has seen these entries yet: {', '.join(unseen)}.")
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def _line(self, row: Schedule) -> selectors.ScheduleLine:
        return selectors.schedule_line(self._entries[row.name], row, timezone.now())

    @display(description="state", label=COLOURS)  # type: ignore[untyped-decorator] # the theme has no types
    def condition(self, row: Schedule) -> tuple[str, str]:
        line = self._line(row)
        state = "runs"
        if line.paused_at:
            state = "paused"
        elif line.late_seconds > LATE_SECONDS:
            state = "late"
        elif line.misses:
            state = "misses"
        return state, TOLD[state]

    @admin.display(description="times (UTC)")
    def times(self, row: Schedule) -> str:
        return self._line(row).when

    @admin.display(description="next due")
    def next_due(self, row: Schedule) -> datetime | None:
        return None if row.paused_at else self._line(row).next_due_at

    @admin.display(description="last job")
    def last_job(self, row: Schedule) -> SafeString | str:
        history = f"{reverse('admin:core_job_changelist')}?{urlencode({'name': self._entries[row.name].task})}"
        if row.job is None:
            return format_html('<a href="{}">history</a>', history)
        job = reverse("admin:core_job_change", args=[row.job.pk])
        told = row.job.get_state_display()
        return format_html('<a href="{}">{}</a> · <a href="{}">history</a>', job, told, history)

    @admin.action(description="Pause", permissions=["manage"])
    def pause(self, request: HttpRequest, rows: QuerySet[Schedule]) -> None:
        self._each(request, rows, schedule_operations.pause, "paused")

    @admin.action(description="Resume", permissions=["manage"])
    def resume(self, request: HttpRequest, rows: QuerySet[Schedule]) -> None:
        self._each(request, rows, schedule_operations.resume, "resumed")

    @admin.action(description="Run now", permissions=["manage"])
    def run_now(self, request: HttpRequest, rows: QuerySet[Schedule]) -> None:
        self._each(request, rows, schedule_operations.run_now, "started")

    def _each(self, request: HttpRequest, rows: QuerySet[Schedule], act: Callable[..., Any], told: str) -> None:
        done = []
        for name in rows.order_by("name").values_list("name", flat=True):
            try:
                act(actor=request.user, name=name)
                done.append(name)
            except DomainError as error:
                self.message_user(request, error.message, messages.WARNING)
        if done:
            self.message_user(request, f"{', '.join(done)}: {told}.", messages.SUCCESS)

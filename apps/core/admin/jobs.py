"""Jobs in the admin: nothing is edited, failed ones can be run again, waiting ones cancelled."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timesince import timesince
from unfold.decorators import display

from apps.core.errors import DomainError
from apps.core.jobs import operations, registry
from apps.core.models import FailedJob, Job
from apps.core.staff_pages import ReadOnlyAdmin

COLOURS = {
    Job.State.QUEUED.value: "info",
    Job.State.RUNNING.value: "warning",
    Job.State.SUCCEEDED.value: "success",
    Job.State.FAILED.value: "danger",
}


class TaskFilter(admin.SimpleListFilter):
    """By task. Names come from the code: a DISTINCT over millions of rows would come with each page."""

    title = "task"
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(registry.loaded_app().tasks) if not name.startswith("celery.")]

    def queryset(self, request: HttpRequest, jobs: QuerySet[Job]) -> QuerySet[Job]:
        return jobs.filter(name=self.value()) if self.value() else jobs


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display: tuple[str, ...] = (
        "id",
        "name",
        "coloured_state",
        "queue",
        "short_arguments",
        "last_error",
        "attempts",
        "age",
    )
    list_filter: tuple[Any, ...] = ("state", "queue", TaskFilter)
    search_fields = ("=id", "name", "=request_id", "last_error")
    ordering = ("-id",)
    list_per_page = 50
    actions: tuple[str, ...] = ("requeue", "cancel")
    readonly_fields = ("arguments", "age", "trace_text", "result_text")
    fieldsets = (
        (None, {"fields": ("name", "state", "queue", "arguments", "age")}),
        ("Failure", {"fields": ("last_error", "trace_text")}),
        (
            "Runs",
            {"fields": ("attempts", "lost_leases", "run_at", "dispatched_at", "started_at", "finished_at", "worker")},
        ),
        ("Cause", {"fields": ("request_id", "actor_id", "created_at", "dedupe_key")}),
        ("Result", {"fields": ("result_text",)}),
    )

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        return operations.can_manage(request.user)

    @display(description="state", ordering="state", label=COLOURS)  # type: ignore[untyped-decorator] # the theme has no types
    def coloured_state(self, job: Job) -> tuple[str, str]:
        return job.state, job.get_state_display()

    @admin.display(description="arguments")
    def short_arguments(self, job: Job) -> str:
        return json.dumps(job.args, ensure_ascii=False)[:80]

    @admin.display(description="arguments")
    def arguments(self, job: Job) -> str:
        return block(json.dumps(job.args, indent=2, ensure_ascii=False))

    @admin.display(description="result")
    def result_text(self, job: Job) -> str:
        return block("" if job.result is None else json.dumps(job.result, indent=2, ensure_ascii=False))

    @admin.display(description="trace")
    def trace_text(self, job: Job) -> str:
        return block(job.trace)

    @admin.display(description="age", ordering="created_at")
    def age(self, job: Job) -> str:
        return timesince(job.created_at, timezone.now(), depth=1)

    @admin.action(description="Run again", permissions=["requeue"])
    def requeue(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, operations.requeue, "runs again")

    @admin.action(description="Cancel", permissions=["requeue"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, operations.cancel, "is cancelled")

    def offers(self, act: str, job: Job) -> bool:
        again = {Job.State.FAILED, Job.State.CANCELLED}
        return job.state in again if act == "requeue" else job.state == Job.State.QUEUED

    def _each(self, request: HttpRequest, jobs: QuerySet[Job], act: Callable[..., Any], told: str) -> None:
        done = 0
        for job_id in jobs.order_by("pk").values_list("pk", flat=True):
            try:
                act(actor=request.user, job_id=job_id)
                done += 1
            except DomainError as error:
                self.message_user(request, error.message, messages.WARNING)
        if done:
            self.message_user(request, f"{done} job{'' if done == 1 else 's'}: {told}.", messages.SUCCESS)


@admin.register(FailedJob)
class FailedJobAdmin(JobAdmin):
    """What waits for somebody: the newest failure first, with what it was called with and why it ended."""

    told_when_empty = "No job has failed for good."
    list_display = ("name", "short_arguments", "last_error", "queue", "attempts", "lost_leases", "finished_at")
    list_filter = ("queue", TaskFilter)
    ordering = ("-finished_at",)
    actions = ("requeue",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FailedJob]:
        failed: QuerySet[FailedJob] = super().get_queryset(request).filter(state=Job.State.FAILED)
        return failed

    def has_view_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        # Who may see jobs may see these: a permission of its own would only be forgotten.
        return request.user.has_perm("core.view_job")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


def block(text: str) -> str:
    """Return text as it is written, in lines that wrap: a trace is read on a phone too."""
    if not text:
        return "—"
    lines = [(_indented(line),) for line in text.rstrip().split("\n")]
    return format_html("<code>{}</code>", format_html_join(mark_safe("<br>"), "{}", lines))


def _indented(line: str) -> str:
    words = line.lstrip(" ")
    return "\N{NO-BREAK SPACE}" * (len(line) - len(words)) + words

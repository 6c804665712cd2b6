"""Errors and slow statements in the admin: to read, to find by a visitor's number, to mark as mended."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from unfold.decorators import display

from apps.core.admin.jobs import block
from apps.core.errors import DomainError
from apps.core.failures import operations
from apps.core.models import ErrorGroup, SlowQuery
from apps.core.staff_pages import ReadOnlyAdmin
from apps.corelib.units import duration


class OpenFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("resolved", "Resolved")]

    def queryset(self, request: HttpRequest, groups: QuerySet[ErrorGroup]) -> QuerySet[ErrorGroup]:
        if self.value() is None:
            return groups
        return groups.filter(resolved_at__isnull=self.value() == "open")


@admin.register(ErrorGroup)
class ErrorGroupAdmin(ReadOnlyAdmin):
    """One row for each kind of failure, the latest first."""

    told_when_empty = "No page and no job has failed."
    list_display = ("kind", "short_place", "state", "count", "last_seen_at", "route")
    list_filter = (OpenFilter, "last_release")
    search_fields = ("kind", "message", "place", "route", "=sightings__request_id", "=task_id")
    search_help_text = "Error, file, page, job, or the number that a visitor quotes"
    actions = ("resolve",)
    readonly_fields = ("trace_text", "numbers")
    fieldsets = (
        (None, {"fields": ("kind", "message", "place", "count")}),
        ("Seen", {"fields": ("first_seen_at", "last_seen_at", "first_release", "last_release", "resolved_at")}),
        ("The last one", {"fields": ("route", "request_id", "task_id", "source", "trace_text", "numbers")}),
    )

    def offers(self, act: str, group: ErrorGroup) -> bool:
        return group.resolved_at is None

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return operations.can_resolve(request.user)

    @display(description="state", label={"open": "danger", "resolved": "success"})  # type: ignore[untyped-decorator] # the theme has no types
    def state(self, group: ErrorGroup) -> str:
        return "open" if group.resolved_at is None else "resolved"

    @admin.display(description="place")
    def short_place(self, group: ErrorGroup) -> str:
        return group.place.rsplit("/", 1)[-1]  # the folders are on its page: here they push the rest out of sight

    @admin.display(description="trace")
    def trace_text(self, group: ErrorGroup) -> str:
        return block(group.trace)

    @admin.display(description="latest numbers")
    def numbers(self, group: ErrorGroup) -> str:
        return ", ".join(group.sightings.values_list("request_id", flat=True)[:20]) or "—"

    @admin.action(description="Mark as resolved", permissions=["resolve"])
    def resolve(self, request: HttpRequest, groups: QuerySet[ErrorGroup]) -> None:
        done = 0
        for error_id in groups.order_by("pk").values_list("pk", flat=True):
            try:
                operations.resolve(actor=request.user, error_id=error_id)
                done += 1
            except DomainError as error:
                self.message_user(request, error.message, messages.WARNING)
        if done:
            self.message_user(request, f"{done} resolved. They open again when they come back.", messages.SUCCESS)


@admin.register(SlowQuery)
class SlowQueryAdmin(ReadOnlyAdmin):
    """Statements that took too long, by page."""

    told_when_empty = "No statement has taken too long."
    list_display = ("short", "route", "count", "mean", "slowest", "last_seen_at")
    search_fields = ("statement", "route", "=request_id")
    ordering = ("-last_seen_at",)
    readonly_fields = ("mean", "slowest", "statement_text")
    fieldsets = (
        (None, {"fields": ("route", "count", "mean", "slowest", "first_seen_at", "last_seen_at", "request_id")}),
        ("Statement", {"fields": ("statement_text",)}),
    )

    @admin.display(description="statement")
    def short(self, row: SlowQuery) -> str:
        return truncatechars(row.statement, 120)

    @admin.display(description="mean")
    def mean(self, row: SlowQuery) -> str:
        return duration(row.mean_ms / 1000)

    @admin.display(description="slowest", ordering="max_ms")
    def slowest(self, row: SlowQuery) -> str:
        return duration(row.max_ms / 1000)

    @admin.display(description="statement")
    def statement_text(self, row: SlowQuery) -> str:
        return block(row.statement)

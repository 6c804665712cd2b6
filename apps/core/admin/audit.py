"""The audit trail for staff: to read, to search, never to change."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AllValuesCheckboxFilter, FieldTextFilter, RangeDateTimeFilter

from apps.core.models import AuditEvent
from apps.core.staff_pages import ReadOnlyAdmin

MISSING = "—"


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "target", "actor", "summary", "request_id")
    list_display_links = ("at", "action")
    list_filter = (
        ("at", RangeDateTimeFilter),
        ("target_type", AllValuesCheckboxFilter),
        ("action", AllValuesCheckboxFilter),
        ("request_id", FieldTextFilter),
    )
    list_filter_submit = True
    search_fields = ("action", "target_label", "=target_id", "=request_id")
    search_help_text = "Action, name or id of the target, request id, or a user name"
    fields = ("at", "action", "target", "actor", "request_id", "changes")
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent], search_term: str
    ) -> tuple[QuerySet[AuditEvent], bool]:
        """Also find what a user did: the trail knows people by id only."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if search_term:
            people = get_user_model()._default_manager.filter(username__iexact=search_term).values_list("pk", flat=True)
            found = found | queryset.filter(actor_id__in=list(people))
        return found, duplicates

    @admin.display(description="who", ordering="actor_id")
    def actor(self, event: AuditEvent) -> str | SafeString:
        if event.actor_id is None:
            return "the platform"
        return _link(get_user_model()._meta.label_lower, str(event.actor_id), f"user {event.actor_id}")

    @admin.display(description="what", ordering="target_type")
    def target(self, event: AuditEvent) -> str | SafeString:
        name = event.target_type.partition(".")[2]
        label = f"{name} {event.target_id}"
        return _link(event.target_type, event.target_id, f"{label} · {event.target_label}".rstrip(" ·"))

    @admin.display(description="changed")
    def summary(self, event: AuditEvent) -> str:
        return ", ".join(sorted({*event.old, *event.new})) or MISSING

    @admin.display(description="changes")
    def changes(self, event: AuditEvent) -> SafeString:
        """Render one row for each field: before, after."""
        rows = format_html_join(
            "",
            '<tr><th scope="row" class="px-3 py-2">{}</th>'
            '<td class="px-3 py-2"><del>{}</del></td><td class="px-3 py-2"><ins>{}</ins></td></tr>',
            ((name, _shown(event.old, name), _shown(event.new, name)) for name in sorted({*event.old, *event.new})),
        )
        return format_html(
            '<table class="w-full text-left"><thead><tr><th scope="col" class="px-3 py-2">Field</th>'
            '<th scope="col" class="px-3 py-2">Before</th><th scope="col" class="px-3 py-2">After</th></tr></thead>'
            "<tbody>{}</tbody></table>",
            rows,
        )


def _shown(fields: dict[str, Any], name: str) -> str:
    if name not in fields:
        return MISSING
    value = fields[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _link(model: str, pk: str, label: str) -> str | SafeString:
    """Link to the admin page of a row; plain text where its model has none. The row itself may be gone."""
    try:
        url = reverse(f"admin:{model.replace('.', '_')}_change", args=[pk])
    except NoReverseMatch:
        return label
    return format_html('<a class="underline" href="{}">{}</a>', url, label)

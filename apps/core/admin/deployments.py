"""Deployments for staff: to read. They are made on the server."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from apps.core.models import Deployment
from apps.core.staff_pages import ReadOnlyAdmin

COLOURS = {"succeeded": "success", "failed": "danger", "interrupted": "warning", "running": "info"}


@admin.register(Deployment)
class DeploymentAdmin(ReadOnlyAdmin):
    told_when_empty = "Nothing has been deployed with deploy/release yet."
    list_display = ("started_at", "kind", "short_commit", "ref", "told_state", "took", "who")
    list_filter = ("kind", "state")
    search_fields = ("commit", "ref", "who")
    fields = ("kind", "ref", "commit", "who", "state", "started_at", "finished_at", "reason", "told_steps")
    readonly_fields = fields

    @admin.display(description="commit")
    def short_commit(self, row: Deployment) -> str:
        return row.commit[:12]

    @display(description="state", label=COLOURS)  # type: ignore[untyped-decorator] # the theme has no types
    def told_state(self, row: Deployment) -> tuple[str, Any]:
        return row.state, row.get_state_display()

    @admin.display(description="took")
    def took(self, row: Deployment) -> str:
        return f"{(row.finished_at - row.started_at).total_seconds():.0f} s" if row.finished_at else ""

    @admin.display(description="steps")
    def told_steps(self, row: Deployment) -> SafeString:
        return format_html_join("", "{}<br>", ((_in_words(step),) for step in row.steps))


def _in_words(step: dict[str, Any]) -> str:
    if "told" in step:
        return f"· {step['told']}"
    return step["name"] if step["seconds"] is None else f"{step['name']}: {step['seconds']:.1f} s"

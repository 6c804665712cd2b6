"""Practice for staff who help: shown only. Who answered what is the team's own affair."""

from django.contrib import admin

from apps.core.staff_pages import ReadOnlyAdmin
from apps.teams.models import PracticeSession


@admin.register(PracticeSession)
class PracticeAdmin(ReadOnlyAdmin):
    list_display = ["title", "team", "kind", "starts_at", "ends_at", "cancelled_at", "sequence"]
    list_filter = ["kind", "starts_at"]
    search_fields = ["title", "team__name", "team__tag"]
    list_select_related = ["team"]
    ordering = ["-starts_at"]
    fields = ["team", "title", "kind", "starts_at", "ends_at", "time_zone", "cancelled_at", "sequence", "created_at"]

"""Staff see what was told to very many people, and how far it has come."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest

from apps.core.staff_pages import ReadOnlyAdmin
from apps.notifications.admin.filters import TypeFilter
from apps.notifications.models import NotificationBatch


@admin.register(NotificationBatch)
class NotificationBatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "title", "type", "progress", "people")
    list_display_links = ("id", "title")
    list_filter = (TypeFilter,)
    fields = ("type", "title", "body", "url", "context", "fingerprint", "created_at", "progress", "people")
    readonly_fields = ("progress", "people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                portions=Count("chunks"),
                done=Count("chunks", filter=Q(chunks__done_at__isnull=False)),
                asked=Sum("chunks__size"),
                told=Sum("chunks__told"),
            )
        )

    @admin.display(description="portions done")
    def progress(self, row: Any) -> str:
        return f"{row.done} of {row.portions}"

    @admin.display(description="people told")
    def people(self, row: Any) -> str:
        return f"{row.told or 0:,} of {row.asked or 0:,}"

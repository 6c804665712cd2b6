"""Staff see which addresses take no mails, and may have them mailed again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.errors import DomainError
from apps.core.staff_pages import ReadOnlyAdmin
from apps.notifications import permissions, services
from apps.notifications.models import BouncedAddress


@admin.register(BouncedAddress)
class BouncedAddressAdmin(ReadOnlyAdmin):
    list_display = ("address", "reason", "source", "created_at")
    list_filter = ("source",)
    search_fields = ("address", "reason")
    actions = ("clear",)
    fields = ("address", "reason", "source", "notification", "created_at")

    def has_clear_permission(self, request: HttpRequest) -> bool:
        return permissions.can_clear_bounces(request.user)

    @admin.action(description="Mail again", permissions=["clear"])
    def clear(self, request: HttpRequest, rows: QuerySet[BouncedAddress]) -> None:
        done = 0
        for bounce_id in rows.values_list("pk", flat=True):
            try:
                services.clear_address(actor=request.user, bounce_id=bounce_id)
                done += 1
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.WARNING)
        self.message_user(request, f"{done} will be mailed again.", messages.SUCCESS)

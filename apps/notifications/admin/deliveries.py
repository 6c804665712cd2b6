"""Staff see what was told, what became of it and why; they may have a failed delivery tried again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from apps.core.errors import DomainError
from apps.core.staff_pages import ReadOnlyAdmin
from apps.notifications import permissions, services
from apps.notifications.admin import samples
from apps.notifications.admin.filters import TypeFilter
from apps.notifications.constants import DeliveryState
from apps.notifications.models import Delivery, Notification

COLOURS = {
    DeliveryState.PENDING.label: "info",
    DeliveryState.CLAIMED.label: "info",
    DeliveryState.SENDING.label: "info",
    DeliveryState.SENT.label: "success",
    DeliveryState.FAILED.label: "danger",
    DeliveryState.UNKNOWN.label: "warning",
}


class NotificationTypeFilter(TypeFilter):
    column = "notification__type"


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "title", "type", "told", "actor", "read_at")
    list_display_links = ("id", "title")
    list_filter = (TypeFilter, "in_app", ("read_at", admin.EmptyFieldListFilter))
    list_select_related = ("recipient", "actor", "webhook")
    search_fields = ("=id", "title", "=recipient__username", "=address", "=subject")
    ordering = ("-id",)
    fields = (
        *("title", "body", "url", "type", "told", "actor", "subject", "created_at", "read_at"),
        *("deliveries_list", "fingerprint", "batch", "context"),
    )
    readonly_fields = ("told", "deliveries_list")

    @admin.display(description="recipient")
    def told(self, row: Notification) -> str:
        return row.told

    @admin.display(description="deliveries")
    def deliveries_list(self, row: Notification) -> SafeString:
        lines = (
            (delivery.get_channel_display(), delivery.get_state_display(), delivery.error)
            for delivery in row.deliveries.order_by("pk")
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {} {}</li>", lines))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "channel", "coloured_state", "reason", "told", "title", "attempts", "sent_at")
    list_filter = ("state", "channel", NotificationTypeFilter, "bulk", "created_at")
    list_select_related = ("notification__recipient", "notification__webhook")
    search_fields = (
        "=id",
        "=notification__id",
        "=notification__recipient__username",
        "=notification__address",
        "error",
    )
    ordering = ("-id",)
    actions = ("requeue",)
    actions_list = ("sample",)
    fields = (
        *("notification", "told", "channel", "state", "error", "attempts", "bulk"),
        *("created_at", "not_before", "claimed_at", "sent_at"),
    )
    readonly_fields = ("told",)

    @display(description="state", label=COLOURS, ordering="state")
    def coloured_state(self, row: Delivery) -> str:
        return row.get_state_display()

    @admin.display(description="reason", ordering="error")
    def reason(self, row: Delivery) -> str:
        return row.error[:120]

    @admin.display(description="recipient")
    def told(self, row: Delivery) -> str:
        return row.notification.told

    @admin.display(description="notification")
    def title(self, row: Delivery) -> str:
        return row.notification.title

    @action(description="Send yourself a test", url_path="sample", permissions=["requeue"])  # type: ignore[untyped-decorator,unused-ignore]  # unfold has no types
    def sample(self, request: HttpRequest) -> HttpResponse:
        return samples.send_sample(request)

    def offers(self, act: str, row: Delivery) -> bool:
        return row.state in {DeliveryState.FAILED, DeliveryState.UNKNOWN}

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        return permissions.can_requeue(request.user)

    @admin.action(description="Send again", permissions=["requeue"])
    def requeue(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        done = 0
        for delivery_id in rows.order_by("pk").values_list("pk", flat=True):
            try:
                services.requeue(actor=request.user, delivery_id=delivery_id)
                done += 1
            except DomainError as refusal:
                self.message_user(request, f"No. {delivery_id}: {refusal.message}", messages.WARNING)
        if done:
            self.message_user(request, f"{done} will be sent again.", messages.SUCCESS)

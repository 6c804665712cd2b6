"""Staff see what was told, what became of it and why; they may have a failed delivery tried again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from apps.core.errors import DomainError
from apps.notifications import mail, permissions, registry, services
from apps.notifications.constants import DeliveryState
from apps.notifications.models import (
    Delivery,
    EmailSuppression,
    Notification,
    NotificationDigest,
    NotificationPreference,
)
from apps.notifications.services import digests

COLOURS = {
    DeliveryState.PENDING.label: "info",
    DeliveryState.CLAIMED.label: "info",
    DeliveryState.SENDING.label: "info",
    DeliveryState.SENT.label: "success",
    DeliveryState.FAILED.label: "danger",
    DeliveryState.UNKNOWN.label: "warning",
}


class ReadOnlyAdmin(ModelAdmin):
    """What the platform wrote is read, not edited."""

    show_full_result_count = False  # counting millions of rows on every page
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TypeFilter(admin.SimpleListFilter):
    """By type. The names come from the code: a DISTINCT over millions of rows would come with each page."""

    title = "type"
    parameter_name = "type"
    column = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(known.code, f"{known.group_label}: {known.label}") for known in registry.all_types()]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(**{self.column: self.value()}) if self.value() else rows


class NotificationTypeFilter(TypeFilter):
    column = "notification__type"


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "title", "type", "told", "actor", "read_at")
    list_display_links = ("id", "title")
    list_filter = (TypeFilter, "in_app", ("read_at", admin.EmptyFieldListFilter))
    list_select_related = ("recipient", "actor")
    search_fields = ("=id", "title", "=recipient__username", "=address", "=subject")
    ordering = ("-id",)
    fields = (
        *("title", "body", "url", "type", "told", "actor", "subject", "created_at", "read_at"),
        *("deliveries_list", "fingerprint", "batch", "context"),
    )
    readonly_fields = ("told", "deliveries_list")

    @admin.display(description="recipient")
    def told(self, row: Notification) -> str:
        return str(row.recipient or row.address)

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
    list_filter = ("state", "channel", NotificationTypeFilter)
    list_select_related = ("notification__recipient",)
    search_fields = (
        "=id",
        "=notification__id",
        "=notification__recipient__username",
        "=notification__address",
        "error",
    )
    ordering = ("-id",)
    actions = ("requeue",)
    fields = (
        *("notification", "told", "channel", "state", "error", "attempts"),
        *("created_at", "claimed_at", "sent_at"),
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
        return str(row.notification.recipient or row.notification.address)

    @admin.display(description="notification")
    def title(self, row: Delivery) -> str:
        return row.notification.title

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        return permissions.can_requeue(request.user)

    @admin.action(description="Send the selected failed or unclear e-mails again", permissions=["requeue"])
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


@admin.register(NotificationPreference)
class NotificationPreferenceAdmin(ReadOnlyAdmin):
    list_display = (
        *("user", "opt_out_email", "enable_daily_digest", "digest_hour", "time_zone", "quiet_from", "quiet_until"),
        "digest_due_at",
    )
    list_filter = ("opt_out_email", "enable_daily_digest")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__email")
    readonly_fields = ("next_digest",)

    @admin.display(description="next digest")
    def next_digest(self, row: NotificationPreference) -> SafeString:
        """The digest as it would read if it went out now."""
        waiting = digests.preview(row)
        return format_html("<pre>{}</pre>", mail.build(waiting, for_staff=True).body if waiting else "Nothing to say.")


@admin.register(NotificationDigest)
class NotificationDigestAdmin(ReadOnlyAdmin):
    list_display = ("id", "day", "user", "count", "state", "created_at")
    list_filter = ("day",)
    list_select_related = ("user", "notification")
    search_fields = ("=id", "=user__username")
    ordering = ("-id",)
    fields = ("user", "day", "since", "until", "count", "state", "preview")
    readonly_fields = ("state", "preview")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("notification__deliveries")

    @admin.display(description="mail")
    def state(self, row: NotificationDigest) -> str:
        deliveries = row.notification.deliveries.all() if row.notification else []
        return ", ".join(f"{delivery.get_state_display()} {delivery.error}".strip() for delivery in deliveries) or "-"

    @admin.display(description="preview")
    def preview(self, row: NotificationDigest) -> SafeString:
        """The mail as it would read now: what was read since is not in it any more."""
        text = mail.build(row.notification, for_staff=True).body if row.notification else ""
        return format_html("<pre>{}</pre>", text)


@admin.register(EmailSuppression)
class EmailSuppressionAdmin(ReadOnlyAdmin):
    list_display = ("address", "created_at")
    search_fields = ("address",)

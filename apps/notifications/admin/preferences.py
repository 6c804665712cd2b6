"""Staff see what people want, and what the digests said."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.staff_pages import ReadOnlyAdmin
from apps.notifications import mail
from apps.notifications.models import EmailSuppression, NotificationDigest, NotificationPreference
from apps.notifications.services import digests


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
    fields = ("user", "day", "since", "until", "count", "state", "created_at", "preview")
    readonly_fields = ("state", "created_at", "preview")

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

"""Accounts on their way out, to look at."""

from django.contrib import admin

from apps.accounts.models import AccountDeletion, OutgoingMail
from apps.core.staff_pages import ReadOnlyAdmin


@admin.register(AccountDeletion)
class AccountDeletionAdmin(ReadOnlyAdmin):
    list_display = ["user", "requested_at", "due_at", "purged_at"]
    list_filter = [("purged_at", admin.EmptyFieldListFilter)]
    search_fields = ["user__username"]
    list_select_related = ["user"]
    ordering = ["-requested_at"]


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """Mails that wait. What is in them stays sealed."""

    list_display = ["kind", "user", "created_at", "expires_at"]
    list_filter = ["kind"]
    fields = ["kind", "user", "created_at", "expires_at"]
    list_select_related = ["user"]
    ordering = ["created_at"]

"""Entries, holds and the nightly proof, to read."""

from django.contrib import admin
from unfold.contrib.filters.admin import RangeDateTimeFilter

from apps.core.staff_pages import ReadOnlyAdmin
from apps.economy.models import DeltaCrownTransaction, Hold, LedgerAudit


@admin.register(DeltaCrownTransaction)
class TransactionAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "wallet_owner", "amount", "balance_after", "reason", "other_side", "note")
    list_filter = ("reason", "account", ("created_at", RangeDateTimeFilter))
    list_filter_submit = True
    search_fields = ("=id", "=idempotency_key", "=cause", "wallet__profile__user__username__iexact")
    search_help_text = "Entry, key, cause (order:12) or a username"
    list_select_related = ("wallet__profile", "counter_wallet__profile")
    ordering = ("-id",)

    @admin.display(description="player")
    def wallet_owner(self, entry: DeltaCrownTransaction) -> str:
        return entry.wallet.profile.display_name

    @admin.display(description="other side")
    def other_side(self, entry: DeltaCrownTransaction) -> str:
        return entry.counter_wallet.profile.display_name if entry.counter_wallet else entry.get_account_display()


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("id", "wallet", "amount", "state", "cause", "created_at", "expires_at", "ended_at")
    list_filter = ("state",)
    search_fields = ("=id", "=cause", "=idempotency_key")


@admin.register(LedgerAudit)
class LedgerAuditAdmin(ReadOnlyAdmin):
    list_display = ("id", "started_at", "finished_at", "transactions", "wallets", "coins", "faults")

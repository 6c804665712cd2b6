"""What coins are paid for: staff's to change, through the service."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.core.errors import DomainError
from apps.economy.models import CoinPolicy
from apps.economy.services.earning import change_policy


@admin.register(CoinPolicy)
class CoinPolicyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    list_display = ("rule", "amount", "cap", "window", "is_active")
    readonly_fields = ("rule",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # rules are code; each has its row

    def has_delete_permission(self, request: HttpRequest, obj: CoinPolicy | None = None) -> bool:
        return False  # switched off instead

    def save_model(self, request: HttpRequest, obj: CoinPolicy, form: Any, change: bool) -> None:
        try:
            change_policy(
                actor=request.user,
                policy_id=obj.pk,
                amount=obj.amount,
                cap=obj.cap,
                window=obj.window,
                is_active=obj.is_active,
            )
        except DomainError as refusal:
            messages.error(request, refusal.message)

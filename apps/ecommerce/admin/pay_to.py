"""Where buyers send money. A number is never changed, because payments name it: another one is opened."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.ecommerce import permissions
from apps.ecommerce.models import PayTo
from apps.ecommerce.services import pay_to


@admin.register(PayTo)
class PayToAdmin(ModelAdmin):
    list_display = ("provider", "number", "holder", "is_active")
    list_filter = ("provider", "is_active")
    fields = ("provider", "number", "holder", "details")
    actions = ("close",)

    def has_change_permission(self, request: HttpRequest, obj: PayTo | None = None) -> bool:
        return obj is None and permissions.can_change_pay_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_change_pay_to(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: PayTo | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PayTo, form: Any, change: bool) -> None:
        opened = pay_to.open_number(
            actor=request.user, provider=obj.provider, number=obj.number, holder=obj.holder, details=obj.details
        )
        obj.__dict__.update(opened.__dict__)

    @admin.action(description="Take no more money here")
    def close(self, request: HttpRequest, queryset: QuerySet[PayTo]) -> None:
        for found in queryset:
            pay_to.close_number(actor=request.user, pay_to_id=found.pk)
        messages.success(request, "Closed. Orders that wait for money keep the number they were told.")

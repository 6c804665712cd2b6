"""What holds for all orders: one row, which staff change and nobody deletes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.ecommerce import permissions
from apps.ecommerce.models import OrderPolicy
from apps.ecommerce.services import order_keeping


@admin.register(OrderPolicy)
class OrderPolicyAdmin(ModelAdmin):
    list_display = ("__str__",)
    fields = ("complete_after_days",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_change_order_policy(request.user) and not OrderPolicy.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: OrderPolicy | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: OrderPolicy, form: Any, change: bool) -> None:
        saved = order_keeping.save_policy(actor=request.user, complete_after_days=obj.complete_after_days)
        obj.pk = saved.pk

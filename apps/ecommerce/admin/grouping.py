"""Shelves, brands, and who waits for what."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.core import audit
from apps.core.staff_pages import ReadOnlyAdmin
from apps.ecommerce.models import Brand, Category, StockAlert


class Grouping(ModelAdmin):
    """A name and an address. What holds products can't be deleted: the database refuses it."""

    prepopulated_fields = {"slug": ("name",)}
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Brand | Category, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            action = f"{obj._meta.model_name}.{'changed' if change else 'created'}"
            audit.record(actor=request.user, action=action, target=obj, new={"name": obj.name, "slug": obj.slug})


@admin.register(Category)
class CategoryAdmin(Grouping):
    list_display = ("name", "position", "motif")


@admin.register(Brand)
class BrandAdmin(Grouping):
    list_display = ("name", "slug")


@admin.register(StockAlert)
class StockAlertAdmin(ReadOnlyAdmin):
    list_display = ("variant", "user", "created_at", "told_at")
    list_filter = ("told_at",)
    search_fields = ("variant__product__name", "variant__sku")
    list_select_related = ("variant__product", "user")

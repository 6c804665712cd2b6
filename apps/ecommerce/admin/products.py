"""Products with their variants, pictures and bundles."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from apps.core.errors import DomainError
from apps.corelib.figures import coins, taka
from apps.ecommerce import permissions
from apps.ecommerce.admin.forms import PictureForm, ProductForm, VariantForm
from apps.ecommerce.models import BundlePart, Product, ProductImage, Variant
from apps.ecommerce.services import catalogue, pictures, variants


class KeptByCatalogue:
    """Whoever keeps the catalogue keeps this part of it."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_change_catalogue(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_change_catalogue(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_change_catalogue(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_change_catalogue(request.user)


class VariantInline(KeptByCatalogue, TabularInline):
    model = Variant
    form = VariantForm
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # orders will name it; it is made inactive instead

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if permissions.can_change_stock(request.user) else ("stock",)


class PictureInline(KeptByCatalogue, TabularInline):
    model = ProductImage
    form = PictureForm
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PartInline(KeptByCatalogue, TabularInline):
    model = BundlePart
    extra = 0
    raw_id_fields = ("variant",)


@admin.register(Product)
class ProductAdmin(KeptByCatalogue, ModelAdmin):
    form = ProductForm
    list_display = ("name", "category", "kind", "rarity", "in_taka", "in_coins", "sold_out", "is_published")
    list_filter = ("is_published", "kind", "category", "rarity", "member_only")
    search_fields = ("name", "slug", "variants__sku")
    list_select_related = ("category",)
    readonly_fields = ("slug", "is_published", "published_at")
    inlines = (VariantInline, PictureInline, PartInline)
    actions = ("publish", "withdraw")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # withdrawn instead: wishes, and later orders, name it

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return permissions.can_publish(request.user)

    @admin.display(description="In taka", ordering="price_poisha")
    def in_taka(self, product: Product) -> str | None:
        return None if product.price_taka is None else taka(product.price_taka)

    @admin.display(description="In DeltaCoin", ordering="price_coins")
    def in_coins(self, product: Product) -> str | None:
        return None if product.price_coins is None else coins(product.price_coins)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        empty = Count("variants", filter=Q(variants__is_active=True, variants__stock=0))
        products: QuerySet[Product] = super().get_queryset(request).annotate(empty=empty)
        return products

    @admin.display(description="Sold-out variants", ordering="empty")
    def sold_out(self, product: Product) -> int:
        return int(getattr(product, "empty", 0))

    def save_model(self, request: HttpRequest, obj: Product, form: ProductForm, change: bool) -> None:
        values = {name: getattr(obj, name) for name in catalogue.FIELDS}
        if change:
            catalogue.change_product(actor=request.user, product_id=obj.pk, **values)
        else:
            obj.__dict__.update(catalogue.create_product(actor=request.user, **values).__dict__)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Give each row to the service of its kind."""
        rows = formset.save(commit=False)
        for row in rows:
            if isinstance(row, Variant):
                self._save_variant(request, row)
            elif isinstance(row, BundlePart):
                variants.put_into_bundle(
                    actor=request.user, bundle_id=row.bundle_id, variant_id=row.variant_id, quantity=row.quantity
                )
        if formset.model is ProductImage:
            for added in formset.extra_forms:
                if image := added.cleaned_data.get("upload"):
                    pictures.add_picture(
                        actor=request.user, product_id=form.instance.pk, image=image, alt=added.cleaned_data["alt"]
                    )
        for row in formset.deleted_objects:
            if isinstance(row, ProductImage):
                pictures.remove_picture(actor=request.user, picture_id=row.pk)
            elif isinstance(row, BundlePart):
                variants.put_into_bundle(
                    actor=request.user, bundle_id=row.bundle_id, variant_id=row.variant_id, quantity=0
                )

    def _save_variant(self, request: HttpRequest, row: Variant) -> None:
        values = {name: getattr(row, name) for name in variants.VARIANT_FIELDS}
        if row.pk is None:
            stock = row.stock if permissions.can_change_stock(request.user) else 0
            variants.add_variant(actor=request.user, product_id=row.product_id, stock=stock, **values)
            return
        variants.change_variant(actor=request.user, variant_id=row.pk, **values)
        if permissions.can_change_stock(request.user):
            variants.set_stock(actor=request.user, variant_id=row.pk, stock=row.stock)

    @admin.action(description="Publish", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._each(request, queryset, catalogue.publish_product, "published")

    @admin.action(description="Withdraw", permissions=["publish"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._each(request, queryset, catalogue.withdraw_product, "withdrawn")

    def _each(self, request: HttpRequest, queryset: QuerySet[Product], act: Callable[..., Product], done: str) -> None:
        """Do it to one after the other; a refusal of one leaves the others alone."""
        for product in queryset.order_by("pk"):
            try:
                act(actor=request.user, product_id=product.pk)
            except DomainError as refusal:
                messages.error(request, f"{product.name}: {refusal.message}")
            else:
                messages.success(request, f"{product.name} {done}.")

"""Coupons as staff keep them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from apps.core.errors import DomainError
from apps.corelib.figures import taka
from apps.ecommerce import permissions
from apps.ecommerce.constants import CouponKind
from apps.ecommerce.models import Coupon
from apps.ecommerce.services import coupon_keeping

TAKA = {"amount_taka": "amount_poisha", "most_taka": "most_poisha", "minimum_taka": "minimum_poisha"}


class CouponForm(forms.ModelForm):
    """Amounts are typed in taka and kept in poisha."""

    amount_taka = forms.DecimalField(
        label="Amount in taka", required=False, decimal_places=2, max_digits=9, widget=UnfoldAdminDecimalFieldWidget
    )
    most_taka = forms.DecimalField(
        label="At most, in taka", required=False, decimal_places=2, max_digits=9, widget=UnfoldAdminDecimalFieldWidget
    )
    minimum_taka = forms.DecimalField(
        label="Goods at least, in taka",
        required=False,
        decimal_places=2,
        max_digits=9,
        widget=UnfoldAdminDecimalFieldWidget,
    )

    class Meta:
        model = Coupon
        fields = (
            "code",
            "kind",
            "percent",
            "starts_at",
            "ends_at",
            "total_limit",
            "per_user_limit",
            "products",
            "categories",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, column in TAKA.items():
            poisha = getattr(self.instance, column)
            if poisha:
                self.initial[field] = f"{poisha / 100:.2f}"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # On the instance, so that its constraints are checked with it.
        for field, column in TAKA.items():
            typed = self.cleaned_data.get(field)
            setattr(self.instance, column, None if typed is None else int(typed * 100))
        self.instance.minimum_poisha = self.instance.minimum_poisha or 0
        self._check_kind()
        limit = self.cleaned_data.get("total_limit")
        if limit is not None and limit < self.instance.used:
            self.add_error("total_limit", f"{self.instance.used} orders hold it already. Switch it off instead.")
        return cleaned

    def clean_code(self) -> str:
        try:
            return coupon_keeping.check_code(self.cleaned_data["code"])
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def _check_kind(self) -> None:
        """Say at its field what the kind needs, and what it can't have."""
        wrong = {
            CouponKind.PERCENT: {"percent": "Say how many per cent.", "amount_taka": "A percentage has no amount."},
            CouponKind.FIXED: {
                "amount_taka": "Say how much it takes off.",
                "percent": "A fixed amount has no percentage.",
                "most_taka": "Only a percentage has a most.",
            },
        }.get(self.cleaned_data.get("kind", ""), {})
        for number, (field, sentence) in enumerate(wrong.items()):
            if field not in self.errors and bool(self.cleaned_data.get(field)) == (number > 0):
                self.add_error(field, sentence)


@admin.register(Coupon)
class CouponAdmin(ModelAdmin):
    form = CouponForm
    list_display = ("code", "worth", "minimum", "used", "total_limit", "ends_at", "is_active")
    list_filter = ("is_active", "kind")
    search_fields = ("code",)
    fieldsets = (
        (None, {"fields": ("code", "is_active", "kind", "percent", "most_taka", "amount_taka", "minimum_taka")}),
        ("When and how often", {"fields": ("starts_at", "ends_at", "total_limit", "per_user_limit")}),
        ("For what; nothing chosen means everything", {"fields": ("products", "categories")}),
    )
    filter_horizontal = ("products", "categories")

    def has_delete_permission(self, request: HttpRequest, obj: Coupon | None = None) -> bool:
        return False  # orders name it; it is switched off instead

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_change_coupons(request.user)

    @admin.display(description="Takes off")
    def worth(self, coupon: Coupon) -> str:
        return f"{coupon.percent} %" if coupon.amount_taka is None else taka(coupon.amount_taka)

    @admin.display(description="Goods at least", ordering="minimum_poisha")
    def minimum(self, coupon: Coupon) -> str:
        return taka(coupon.minimum_taka)

    def save_model(self, request: HttpRequest, obj: Coupon, form: CouponForm, change: bool) -> None:
        saved = coupon_keeping.save_coupon(
            actor=request.user,
            coupon_id=obj.pk if change else None,
            products=form.cleaned_data["products"],
            categories=form.cleaned_data["categories"],
            **{name: getattr(obj, name) for name in coupon_keeping.FIELDS},
        )
        obj.pk = saved.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the service kept products and shelves together with the rest."""

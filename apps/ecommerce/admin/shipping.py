"""What sending costs, as staff set it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from apps.corelib import bangladesh
from apps.ecommerce.models import ShippingZone
from apps.ecommerce.services import shipping


class ZoneForm(forms.ModelForm):
    price_taka = forms.DecimalField(
        label="Price in taka", min_value=0, max_digits=9, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget
    )
    free_from_taka = forms.DecimalField(
        label="Free from, in taka",
        required=False,
        min_value=0.01,
        max_digits=9,
        decimal_places=2,
        help_text="Of the goods, before any discount. Empty: never free.",
        widget=UnfoldAdminDecimalFieldWidget,
    )
    districts = forms.MultipleChoiceField(
        required=False,
        choices=bangladesh.grouped_choices(),
        widget=forms.CheckboxSelectMultiple,
        help_text="A district that lies in another zone moves here. The rest of the country has no list.",
    )

    class Meta:
        model = ShippingZone
        fields = ("name", "days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["price_taka"] = f"{self.instance.price_taka:.2f}"
            if self.instance.free_from_taka is not None:
                self.initial["free_from_taka"] = f"{self.instance.free_from_taka:.2f}"
            self.initial["districts"] = [district.code for district in self.instance.districts.all()]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.is_rest and self.cleaned_data.get("districts"):
            self.add_error("districts", "This zone is the rest of the country: it has no list.")
        # On the instance, so that its constraints are checked with it.
        self.instance.price_poisha = int(self.cleaned_data.get("price_taka", 0) * 100)
        free = self.cleaned_data.get("free_from_taka")
        self.instance.free_from_poisha = None if free is None else int(free * 100)
        return cleaned


@admin.register(ShippingZone)
class ShippingZoneAdmin(ModelAdmin):
    form = ZoneForm
    list_display = ("name", "price", "days", "is_rest")

    def has_delete_permission(self, request: HttpRequest, obj: ShippingZone | None = None) -> bool:
        return False  # its districts would silently cost what the rest does

    @admin.display(description="Price", ordering="price_poisha")
    def price(self, zone: ShippingZone) -> str:
        return f"৳{zone.price_taka:.2f}"

    def save_model(self, request: HttpRequest, obj: ShippingZone, form: ZoneForm, change: bool) -> None:
        saved = shipping.change_zone(
            actor=request.user,
            zone_id=obj.pk if change else None,
            name=obj.name,
            price_poisha=obj.price_poisha,
            free_from_poisha=obj.free_from_poisha,
            days=obj.days,
            districts=form.cleaned_data["districts"],
        )
        obj.pk = saved.pk

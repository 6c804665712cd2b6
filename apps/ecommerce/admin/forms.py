"""What staff type. Prices are typed in taka and kept in poisha."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from apps.common.images import ImageUploadField
from apps.corelib import games
from apps.corelib.wares import MOTIFS
from apps.ecommerce.models import Product, ProductImage, Variant


class PricedForm(forms.ModelForm):
    """A price in taka beside the one in coins."""

    price_taka = forms.DecimalField(
        label="Price in taka",
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        help_text="VAT included.",
        widget=UnfoldAdminDecimalFieldWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.price_poisha is not None:
            self.initial["price_taka"] = f"{self.instance.price_poisha / 100:.2f}"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        taka = self.cleaned_data.get("price_taka")
        # On the instance, so that its constraints are checked with it.
        self.instance.price_poisha = None if taka is None else int(taka * 100)
        return cleaned


class ProductForm(PricedForm):
    game = forms.ChoiceField(
        required=False, choices=[("", "No game"), *games.choices()], widget=UnfoldAdminSelectWidget
    )
    motif = forms.ChoiceField(
        required=False,
        choices=[("", "The shelf's"), *((motif, motif.title()) for motif in MOTIFS)],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = Product
        fields = (
            "name",
            "kind",
            "category",
            "brand",
            "game",
            "summary",
            "description",
            "rarity",
            "price_taka",
            "price_coins",
            "edition",
            "per_person",
            "motif",
            "member_only",
        )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.price_poisha is None and self.cleaned_data.get("price_coins") is None:
            self.add_error("price_taka", "Give a price in taka, in coins, or both.")
        return cleaned


class VariantForm(PricedForm):
    class Meta:
        model = Variant
        fields = ("label", "sku", "stock", "price_taka", "price_coins", "position", "is_active")


class PictureForm(forms.ModelForm):
    """A new picture; later only its removal."""

    upload = ImageUploadField(purpose="product", label="Picture", required=False)

    class Meta:
        model = ProductImage
        fields = ("upload", "alt")

"""What people look for, and where they have it sent."""

from typing import Any

from django import forms

from apps.corelib import bangladesh, games
from apps.ecommerce.constants import Kind, Rarity, Sort
from apps.ecommerce.selectors.catalogue import Filters, categories


class CatalogueForm(forms.Form):
    """The filters of the store. One that makes no sense filters nothing."""

    search = forms.CharField(
        label="Search", max_length=80, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    category = forms.ChoiceField(label="Shelf", required=False)
    game = forms.ChoiceField(label="Game", required=False, choices=[("", "Any game"), *games.choices()])
    rarity = forms.ChoiceField(label="Rarity", required=False, choices=[("", "Any rarity"), *Rarity.choices])
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any kind"), *Kind.choices])
    pay = forms.ChoiceField(
        label="Pay with", required=False, choices=[("", "Any"), ("taka", "Taka"), ("coins", "DeltaCoin")]
    )
    sort = forms.ChoiceField(label="Order", required=False, choices=Sort.choices)
    available = forms.BooleanField(label="In stock only", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shelves = [(category.slug, category.name) for category in categories()]
        self.fields["category"].choices = [("", "Every shelf"), *shelves]  # type: ignore[attr-defined]  # of a ChoiceField

    def clean_search(self) -> str:
        return str(self.cleaned_data["search"]).strip()

    @property
    def choosers(self) -> list[forms.BoundField]:
        """The lists to choose from, in their order."""
        return [field for field in self if isinstance(field.field, forms.ChoiceField)]

    @property
    def filters(self) -> Filters:
        self.is_valid()
        return Filters(**{name: value for name, value in self.cleaned_data.items() if name != "sort" and value})

    @property
    def sort_order(self) -> Sort:
        self.is_valid()
        return Sort(self.cleaned_data.get("sort") or Sort.NEWEST)

    @property
    def kept(self) -> dict[str, str]:
        """What the address of another page carries along."""
        self.is_valid()
        return {name: "on" if value is True else value for name, value in self.cleaned_data.items() if value}


class AddressForm(forms.Form):
    """Where something is sent to. The service checks it; this only reads, and keeps what was typed."""

    name = forms.CharField(
        label="Who receives it", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "shipping name"})
    )
    phone = forms.CharField(
        label="Mobile number",
        max_length=40,
        help_text="The courier calls it. Such as 01712-345678.",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "shipping tel"}),
    )
    district = forms.ChoiceField(
        label="District",
        choices=[("", "Choose a district"), *bangladesh.grouped_choices()],
        widget=forms.Select(attrs={"autocomplete": "shipping address-level1"}),
    )
    area = forms.CharField(
        label="Area or upazila",
        max_length=120,
        help_text="Such as Mirpur, Savar or Sreemangal.",
        widget=forms.TextInput(attrs={"autocomplete": "shipping address-level2"}),
    )
    street = forms.CharField(
        label="House and road, or village",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "shipping street-address"}),
    )
    postcode = forms.CharField(
        label="Postcode",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "shipping postal-code"}),
    )


class KeptAddressForm(AddressForm):
    """An address in the book."""

    make_default = forms.BooleanField(label="Start with this one at checkout", required=False)

"""What people look for, where they have it sent, and how they pay."""

from typing import Any

from django import forms

from apps.common.forms import ReadChoice, ReadText
from apps.common.images import ImageUploadField, PictureForm
from apps.corelib import bangladesh, games
from apps.ecommerce.constants import Kind, Provider, Rarity, Sort
from apps.ecommerce.models import OrderItem
from apps.ecommerce.payments import ManualTransfer
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
    """Where something is sent to. The service judges all of it at once; this only reads, and keeps what was typed."""

    name = ReadText(
        label="Who receives it", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "shipping name"})
    )
    phone = ReadText(
        label="Mobile number",
        max_length=40,
        help_text="The courier calls it. Such as 01712-345678.",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "shipping tel"}),
    )
    district = ReadChoice(
        label="District",
        choices=[("", "Choose a district"), *bangladesh.grouped_choices()],
        widget=forms.Select(attrs={"autocomplete": "shipping address-level1"}),
    )
    area = ReadText(
        label="Area or upazila",
        max_length=120,
        help_text="Such as Mirpur, Savar or Sreemangal.",
        widget=forms.TextInput(attrs={"autocomplete": "shipping address-level2"}),
    )
    street = ReadText(
        label="House and road, or village",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "shipping street-address"}),
    )
    postcode = ReadText(
        label="Postcode",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "shipping postal-code"}),
    )


class KeptAddressForm(AddressForm):
    """An address in the book."""

    make_default = forms.BooleanField(label="Start with this one at checkout", required=False)


class CheckoutForm(AddressForm):
    """Where it goes and how it is paid, in one column. Fields of the address are left out when nothing is sent."""

    ADDRESS = ("district", "area", "street", "postcode")

    note = ReadText(
        label="A note for us",
        max_length=600,
        required=False,
        help_text="Such as your Free Fire ID for a top-up, or when to ring.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    provider = ReadChoice(label="How you pay", widget=forms.RadioSelect, required=False)
    coupon = ReadText(
        label="Coupon",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, is_sent: bool, ways: list[tuple[str, str]], **kwargs: Any) -> None:
        """``ways`` are code and name of what can pay it; none when nothing is due in taka."""
        super().__init__(*args, **kwargs)
        if not is_sent:
            self.fields["name"].label = "Your name"
            self.fields["phone"].help_text = "We ring it when something is unclear. Such as 01712-345678."
            for name in self.ADDRESS:
                del self.fields[name]
        if ways:
            self.fields["provider"].choices = ways  # type: ignore[attr-defined]  # of a ChoiceField
        else:
            del self.fields["provider"]


class TransferForm(PictureForm):
    """What the buyer tells about a transfer. The service judges TrxID and number; a chosen screenshot is kept."""

    trx_id = ReadText(
        label="TrxID",
        max_length=400,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    sender = ReadText(label="Sent from", max_length=80)
    proof = ImageUploadField(purpose="payment_proof", label="Screenshot", required=False)

    def __init__(self, *args: Any, provider: ManualTransfer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = provider
        self.fields["trx_id"].help_text = f"{provider.shape_words}, such as {provider.example}. {provider.where}"
        if provider.code == Provider.BANK:
            self.fields["trx_id"].label = "Transaction number"
            self.fields["sender"].help_text = "The account or name that it comes from."
        else:
            self.fields["sender"].help_text = f"Your {provider.name} number, such as 01712-345678."
            self.fields["sender"].widget.attrs |= {"type": "tel", "inputmode": "tel"}


class CancelForm(forms.Form):
    """Which of the lines, and why. Nothing chosen means all of them."""

    why = forms.CharField(label="Why?", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, items: list[OrderItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = [item for item in items if item.left]
        for item in self.items:
            self.fields[f"line-{item.pk}"] = forms.TypedChoiceField(
                label=f"{item.name}, {item.label}",
                choices=[(number, str(number)) for number in range(item.left + 1)],
                coerce=int,
                required=False,
            )

    @property
    def lines(self) -> dict[int, int]:
        return {item.pk: self.cleaned_data[f"line-{item.pk}"] or 0 for item in self.items}

    @property
    def choosers(self) -> list[forms.BoundField]:
        return [self[f"line-{item.pk}"] for item in self.items]


class ReviewForm(forms.Form):
    """What a buyer says. The service checks it; this only reads, and keeps what was typed."""

    stars = forms.TypedChoiceField(
        label="How do you find it?",
        choices=[(5, "5: excellent"), (4, "4: good"), (3, "3: all right"), (2, "2: weak"), (1, "1: bad")],
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="Your review",
        max_length=4_000,
        help_text="What is good, what is not, for whom it is. Others see your name with it.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )

"""What staff type at the order desk. The services check it; this only reads, and keeps what was typed."""

from typing import Any

from django import forms

from apps.corelib import bangladesh
from apps.ecommerce.constants import Provider, Status
from apps.ecommerce.models import Order, OrderItem
from apps.ecommerce.selectors.desk import Filters
from apps.ecommerce.selectors.statements import MANUAL

_BACK = [choice for choice in Provider.choices if choice[0] in ("bkash", "nagad", "rocket", "bank", "cod", "paypal")]


class FilterForm(forms.Form):
    """The filters of the desk. One that makes no sense filters nothing."""

    search = forms.CharField(
        label="Search",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Number, telephone, TrxID, name or e-mail"}),
    )
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Any status"), *Status.choices])
    provider = forms.ChoiceField(label="Payment", required=False, choices=[("", "Any payment"), *Provider.choices])
    district = forms.ChoiceField(
        label="District", required=False, choices=[("", "Any district"), *bangladesh.grouped_choices()]
    )
    age = forms.ChoiceField(
        label="Older than",
        required=False,
        choices=[("", "Any age"), ("day", "A day"), ("three", "Three days"), ("week", "A week")],
    )
    money = forms.ChoiceField(
        label="Money",
        required=False,
        choices=[("", "Whatever"), ("checked", "A payment to look at"), ("owed", "Money to send back")],
    )

    @property
    def filters(self) -> Filters:
        self.is_valid()
        return Filters(**{name: str(value).strip() for name, value in self.cleaned_data.items() if value})

    @property
    def kept(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def choosers(self) -> list[forms.BoundField]:
        return [field for field in self if isinstance(field.field, forms.ChoiceField)]


class StepForm(forms.Form):
    """One step on, with the courier where a parcel leaves."""

    to = forms.CharField(widget=forms.HiddenInput)
    courier = forms.CharField(label="Courier", max_length=80, required=False, help_text="Such as Pathao or Steadfast.")
    tracking_number = forms.CharField(label="Tracking number", max_length=120, required=False)
    why = forms.CharField(label="A word for the buyer", max_length=600, required=False)


class LinesForm(forms.Form):
    """So many of each line, and why. Nothing chosen means all that is left."""

    why = forms.CharField(label="Why? The buyer reads it", max_length=600, widget=forms.Textarea(attrs={"rows": 2}))

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
    def lines(self) -> dict[int, int] | None:
        chosen = {item.pk: self.cleaned_data[f"line-{item.pk}"] or 0 for item in self.items}
        return {pk: quantity for pk, quantity in chosen.items() if quantity} or None

    @property
    def choosers(self) -> list[forms.BoundField]:
        return [self[f"line-{item.pk}"] for item in self.items]


class ReturnForm(LinesForm):
    restock = forms.BooleanField(label="It can be sold again: put it back on the shelf", required=False, initial=True)


class RefundForm(forms.Form):
    """Taka that somebody sent back."""

    amount_taka = forms.DecimalField(label="Amount in taka", min_value=0, max_digits=9, decimal_places=2)
    provider = forms.ChoiceField(label="How was it sent?", choices=_BACK)
    reference = forms.CharField(label="TrxID or receipt of sending it", max_length=120)
    reason = forms.CharField(label="Why? The buyer reads it", max_length=600)
    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    @classmethod
    def for_order(cls, order: Order, key: str) -> "RefundForm":
        """Return the form with what is owed back."""
        provider = order.provider if order.provider in dict(_BACK) else Provider.BKASH
        initial = {"amount_taka": f"{order.owed_back_poisha / 100:.2f}", "provider": provider, "idempotency_key": key}
        return cls(initial=initial)

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes: poisha instead of taka."""
        given = {**self.cleaned_data}
        return given | {"amount_poisha": int(given.pop("amount_taka") * 100)}


class NoteForm(forms.Form):
    note = forms.CharField(label="Note for the desk", max_length=600, help_text="Only staff read it.")


class DeliveryForm(forms.Form):
    text = forms.CharField(
        label="Code or words for the buyer", max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why? The buyer reads it", max_length=600, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class StatementForm(forms.Form):
    """A provider's file."""

    provider = forms.ChoiceField(
        label="Whose statement is it?", choices=[choice for choice in Provider.choices if choice[0] in MANUAL]
    )
    file = forms.FileField(
        label="CSV file",
        help_text="As the provider's site gives it, or saved by a spreadsheet program. TrxID and amount are needed; "
        "sender, time and reference help. At most 2 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )

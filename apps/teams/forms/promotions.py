"""What a captain says when booking a promotion. The service looks again, under its locks."""

from typing import Any

from django import forms

from apps.teams.models import PromotionPlace


class StayForm(forms.Form):
    """Which days, in a place that the page has chosen."""

    first_day = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    days = forms.IntegerField(
        label="Days", min_value=1, initial=3, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    headline = forms.CharField(
        label="Line beside the name",
        required=False,
        max_length=80,
        help_text="“Trials on Friday.” Without one your tagline stands there.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, place: PromotionPlace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        days = self.fields["days"]
        assert isinstance(days, forms.IntegerField)  # noqa: S101 - tells the type checker
        days.help_text = f"1 to {place.longest}."


class BookingForm(StayForm):
    """The same, with the price that was shown and the number of this form: sent twice it is one booking."""

    price = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    request_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": "Open the page again.", "invalid": "Open the page again."}
    )

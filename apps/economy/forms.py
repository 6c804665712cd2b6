"""What members filter by."""

from django import forms

from apps.economy.constants import Reason


class FilterForm(forms.Form):
    way = forms.ChoiceField(
        label="Direction", required=False, choices=[("", "In and out"), ("in", "Coins in"), ("out", "Coins out")]
    )
    reason = forms.ChoiceField(label="Reason", required=False, choices=[("", "Any reason"), *Reason.choices])
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class AdjustForm(forms.Form):
    """A balance changed by hand. The service checks; this only reads."""

    username = forms.CharField(label="Player", help_text="Their username.")
    amount = forms.IntegerField(label="Coins", help_text="Negative takes coins out.")
    note = forms.CharField(label="Reason", max_length=200, help_text="The player reads it, and so does every audit.")
    key = forms.CharField(widget=forms.HiddenInput)


class BulkForm(forms.Form):
    """A list of coins for many."""

    file = forms.FileField(
        label="CSV file", required=False, help_text="First line: username,amount,reason,note. UTF-8, at most 1 MB."
    )
    list = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 10}), label="Or the lines themselves")

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > 1024 * 1024:
            raise forms.ValidationError("The file is larger than 1 MB. Split it.")
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError("That is no text in UTF-8. Save the list as CSV UTF-8.") from error
        return text

    @property
    def text(self) -> str:
        return self.cleaned_data.get("file") or self.cleaned_data.get("list") or ""

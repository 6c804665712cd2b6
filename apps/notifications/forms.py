"""What people choose."""

from django import forms


class PreferencesForm(forms.Form):
    """Only choices that have an effect."""

    email = forms.BooleanField(
        label="Send me notifications by e-mail",
        required=False,
        help_text="Mails about the safety of your account always come.",
    )

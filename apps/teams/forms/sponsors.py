"""A sponsor that a captain proposes."""

from django import forms

from apps.common.images import ImageUploadField
from apps.teams.models import TeamSponsor


class SponsorForm(forms.Form):
    """A sponsor the captain proposes. Days are those of Dhaka."""

    name = forms.CharField(
        label="Sponsor", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"})
    )
    tier = forms.TypedChoiceField(
        label="Tier",
        choices=TeamSponsor.Tier.choices,
        coerce=int,
        initial=TeamSponsor.Tier.PARTNER,
        help_text="Higher tiers stand first and larger.",
    )
    url = forms.URLField(
        label="Link",
        max_length=200,
        assume_scheme="https",
        help_text="Their own site. It starts with https://.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    logo = ImageUploadField(purpose="team_logo", label="Logo", required=False)
    starts_on = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

"""What people type about the shelf and the calendar of a team."""

from typing import Any

from django import forms

from apps.teams.models.sponsor import HTTPS_HELP


def day_field(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class AchievementForm(forms.Form):
    """Something a team is proud of."""

    title = forms.CharField(
        label="What is it?",
        max_length=80,
        help_text="As on the cup: “Dhaka Open 2026, Valorant”.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    achieved_on = day_field("Day", help_text="Who had a seat on this day shows it on their own page, too.")
    place = forms.IntegerField(
        label="Place",
        required=False,
        min_value=1,
        max_value=9999,
        help_text="1 for the winner. Leave it empty for what has no places.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    evidence_url = forms.URLField(
        label="Where can staff see it?",
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=f"A bracket, a post, a video. {HTTPS_HELP} Without it, staff may not be able to confirm.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    description = forms.CharField(
        label="How it was", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

"""The filters of lists of teams. A wrong value filters nothing."""

from typing import Any

from django import forms

from apps.corelib import games, regions
from apps.teams.forms.choices import offer

SORT_LABELS = [("", "Newest"), ("points", "Most points"), ("members", "Most members"), ("name", "Name, A to Z")]


class DirectoryForm(forms.Form):
    """The filters of the directory, and its order."""

    search = forms.CharField(
        label="Name or tag",
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    game = forms.ChoiceField(label="Game", required=False)
    region = forms.ChoiceField(label="Region", required=False)
    recruiting = forms.BooleanField(label="Recruiting", required=False)
    verified = forms.BooleanField(label="Verified", required=False)
    sort = forms.ChoiceField(label="Order", required=False, choices=SORT_LABELS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "game", _choices("game"))
        offer(self, "region", _choices("region"))

    def words(self, name: str) -> str:
        """Return what an active filter says on its chip."""
        field, value = self.fields[name], self.cleaned_data[name]
        if isinstance(field, forms.ChoiceField):
            return next(str(label) for code, label in _choices(name) if code == value)
        return f"“{value}”" if name == "search" else str(field.label)


class LeaderboardForm(forms.Form):
    """Which leaderboard."""

    game = forms.ChoiceField(label="Game", required=False)
    region = forms.ChoiceField(label="Region", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "game", _choices("game"))
        offer(self, "region", _choices("region"))


def _choices(name: str) -> list[tuple[str, str]]:
    if name == "game":
        return [("", "All games"), *games.choices()]
    return [("", "All regions"), *regions.choices()]

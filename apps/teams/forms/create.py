"""The steps to a team."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.corelib import games, regions
from apps.corelib.display_names import tidy
from apps.teams import constants, permissions
from apps.teams.forms.choices import in_game_role_choices, offer
from apps.teams.forms.looks import HeaderFields
from apps.teams.models import Team
from apps.teams.selectors import names


class GameForm(forms.Form):
    """Step 1: which game. It can't change later."""

    title = "Game"
    game = forms.ChoiceField(label="Which game does your team play?", choices=games.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_game(self) -> str:
        game: str = self.cleaned_data["game"]
        _as_field_error(lambda: permissions.check_create_for(self.user, game))
        return game


class NameForm(forms.Form):
    """Step 2: what others call it."""

    title = "Name"
    team: Team | None = None  # whose own name is no obstacle
    name = forms.CharField(
        label="Team name",
        min_length=3,
        max_length=50,
        help_text="3–50 characters. Bangla and English both work.",
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autocapitalize": "words"}),
    )
    tag = forms.CharField(
        label="Tag",
        validators=[RegexValidator(constants.TAG_PATTERN, constants.TAG_HELP)],
        max_length=10,
        help_text=f"Stands before your players' names. {constants.TAG_HELP}",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        _as_field_error(lambda: names.check_name_free(name, team=self.team))
        return name

    def clean_tag(self) -> str:
        tag = tidy(self.cleaned_data["tag"])
        name = self.cleaned_data.get("name", "")
        _as_field_error(lambda: names.check_tag_free(tag, name=name, team=self.team))
        return tag


class RenameForm(NameForm):
    """Another name for a team that is there."""

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team


class LookForm(HeaderFields):
    """Step 3: how it looks. Everything here can be changed later."""

    title = "Look"
    field_order = ["hero_template", "tagline", "logo", "banner"]


class JoinForm(forms.Form):
    """Step 4: who sees it, who may come, and what the founder plays."""

    title = "Joining"
    visibility = forms.ChoiceField(
        label="Who can see the team?",
        choices=[
            ("public", "Everyone: it stands in the directory and on the leaderboards"),
            ("private", "Only its members: nobody else knows that it exists"),
        ],
        initial="public",
        widget=forms.RadioSelect,
    )
    is_recruiting = forms.BooleanField(
        label="We are looking for players", required=False, help_text="Shows the team to players who look for one."
    )
    region = forms.ChoiceField(label="Home region", choices=regions.choices, initial=regions.DEFAULT_REGION)
    in_game_role = forms.ChoiceField(label="Your role in the game", required=False)

    def __init__(self, *args: Any, game: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "in_game_role", in_game_role_choices(game))


class ReviewForm(forms.Form):
    """Step 5: everything once more, and the yes."""

    title = "Review"


def _as_field_error(check: Any) -> None:
    try:
        check()
    except DomainError as refusal:
        raise forms.ValidationError(refusal.message, code=refusal.code) from refusal

"""The edit pages' forms. They show all errors at once and keep what was typed; the services check again."""

from functools import partial
from typing import Any

from django import forms

from apps.common import images
from apps.common.fields import RuleField
from apps.corelib import games, regions, typed
from apps.corelib.game_ids import GameIdError, IdField
from apps.corelib.links import LINK_KINDS, clean_link
from apps.user_profile.constants import BIO_LENGTH, LINK_COLUMNS, NAME_LENGTH
from apps.user_profile.models import UserProfile
from apps.user_profile.selectors import taken_field


class ProfileForm(forms.Form):
    """Who a player is. One field per kind of link is added from the registry."""

    display_name = RuleField(
        rule=typed.display_name,
        max_length=NAME_LENGTH * 2,
        help_text="What others read. Bangla is welcome.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": "Type the name that others should read."},
    )
    region = forms.ChoiceField(choices=regions.choices)
    bio = RuleField(
        rule=typed.paragraphs,
        required=False,
        max_length=BIO_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"How you play, what you look for. Up to {BIO_LENGTH} characters.",
    )
    preferred_games = forms.MultipleChoiceField(
        label="Games you play", choices=games.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    looking_for_team = forms.BooleanField(
        label="I am looking for a team", required=False, help_text="Captains who look for players find you."
    )
    phone = RuleField(
        rule=typed.phone,
        required=False,
        max_length=40,
        help_text="Only shown if you allow it under Privacy.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, kind in LINK_KINDS.items():
            self.fields[LINK_COLUMNS[code]] = RuleField(
                label=kind.label,
                rule=partial(clean_link, code),
                required=False,
                max_length=300,
                widget=forms.TextInput(
                    attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
                ),
                help_text=f"Address or @name. Example: {kind.example}"
                if kind.from_handle
                else f"Example: {kind.example}",
            )

    @staticmethod
    def initial_of(profile: UserProfile) -> dict[str, Any]:
        """Return what the form shows for a stored profile."""
        names = ("display_name", "region", "bio", "looking_for_team", "phone", *LINK_COLUMNS.values())
        initial = {name: getattr(profile, name) for name in names}
        initial["preferred_games"] = list(profile.preferred_games.values_list("game", flat=True))
        return initial

    def changes(self) -> dict[str, Any]:
        """Return the cleaned values as the service takes them."""
        data = dict(self.cleaned_data)
        data["links"] = {code: data.pop(column) for code, column in LINK_COLUMNS.items()}
        return data


class GameIdField(forms.CharField):
    """The input of one ID column; its mistakes are explained by the registry."""

    def __init__(self, field: IdField) -> None:
        """``field`` is an entry of ``corelib.games.ID_FIELDS``."""
        self.id_field = field
        self.games = games.games_of_field(field.name)
        used_by = " and ".join(game.name for game in self.games)
        attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        if field.numeric:
            attrs["inputmode"] = "numeric"
        super().__init__(
            label=field.label,
            required=False,
            max_length=200,
            strip=False,
            help_text=f"{used_by}. {field.where} Example: {field.example}",
            widget=forms.TextInput(attrs=attrs),
        )

    def clean(self, value: Any) -> str:
        """Return the repaired ID."""
        try:
            return self.id_field.clean(super().clean(value))
        except GameIdError as error:
            raise forms.ValidationError(str(error), code="invalid_game_id") from error


class GameIdsForm(forms.Form):
    """All ID columns, from the registry."""

    def __init__(self, *args: Any, profile: UserProfile, **kwargs: Any) -> None:
        """``profile`` is whose IDs these are; it is not changed."""
        super().__init__(*args, **kwargs)
        self.profile = profile
        for name, field in games.ID_FIELDS.items():
            self.fields[name] = GameIdField(field)
            self.initial.setdefault(name, getattr(profile, name))

    def clean(self) -> dict[str, Any]:
        """Check what concerns several fields, and whether another player has one of the IDs."""
        data: dict[str, Any] = super().clean() or {}
        for game in games.GAMES.values():
            if len(game.id_fields) > 1 and all(field.name in data for field in game.id_fields):
                try:
                    game.clean_ids(data)
                except GameIdError as error:
                    self.add_error(error.field, str(error))
        right = {name: value for name, value in data.items() if name not in self.errors}
        field = taken_field(UserProfile(pk=self.profile.pk, **right))
        if field:
            label = games.ID_FIELDS[field].label
            self.add_error(field, f"Another player already uses this {label}. If it is yours, write to support.")
        return data


_WORDS = {"avatar": "picture", "banner": "banner"}
_EDGE = {"min": 0, "max": 100, "step": 1, "type": "range"}


class PictureForm(forms.Form):
    """One picture with the point that the crop keeps."""

    focus_x = forms.IntegerField(
        label="Keep: left to right", min_value=0, max_value=100, initial=50, widget=forms.NumberInput(attrs=_EDGE)
    )
    focus_y = forms.IntegerField(
        label="Keep: top to bottom", min_value=0, max_value=100, initial=50, widget=forms.NumberInput(attrs=_EDGE)
    )

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        """``purpose`` is ``"avatar"`` or ``"banner"``."""
        super().__init__(*args, **kwargs)
        upload = images.ImageUploadField(purpose=purpose, label=f"Choose a {_WORDS[purpose]}")
        self.fields = {"image": upload, **self.fields}
        if self.is_bound:
            upload.focus = (self._percent("focus_x"), self._percent("focus_y"))

    def _percent(self, name: str) -> int:
        """Return a focus; one that makes no sense is the centre."""
        try:
            return self.fields[name].clean(self[name].data)
        except forms.ValidationError:
            return 50


class PrivacyForm(forms.Form):
    """Who sees what."""

    is_private = forms.BooleanField(
        label="Private profile", required=False, help_text="Others see only your name and picture."
    )
    show_email = forms.BooleanField(
        label="Show my e-mail address", required=False, help_text="Anyone who opens your page can read it."
    )
    show_phone = forms.BooleanField(
        label="Show my phone number", required=False, help_text="Anyone who opens your page can read it."
    )
    show_socials = forms.BooleanField(
        label="Show my links", required=False, help_text="YouTube, Twitch, Discord and the others."
    )

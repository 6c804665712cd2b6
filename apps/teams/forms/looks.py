"""How a team looks and what it says about itself."""

from functools import partial
from typing import Any

from django import forms

from apps.common.fields import RuleField
from apps.common.images import ImageUploadField, PictureForm
from apps.corelib import regions
from apps.corelib.links import LINK_KINDS, clean_secure_link
from apps.teams import permissions
from apps.teams.constants import TEAM_LINKS, VERIFICATION_EVIDENCE
from apps.teams.models import HeroTemplate, Team
from apps.teams.permissions import Standing

PICTURES = ("logo", "banner", "roster_image")


class HeaderFields(PictureForm):
    """The head of the page."""

    hero_template = forms.ChoiceField(
        label="Header",
        choices=HeroTemplate.choices,
        initial=HeroTemplate.BROADCAST,
        required=False,
        widget=forms.RadioSelect,
    )
    logo = ImageUploadField(purpose="team_logo", label="Logo", required=False)
    banner = ImageUploadField(purpose="team_banner", label="Banner", required=False)
    tagline = forms.CharField(label="Tagline", max_length=80, required=False, help_text="One line.")

    def clean_hero_template(self) -> str:
        return self.cleaned_data["hero_template"] or str(self.initial.get("hero_template") or HeroTemplate.BROADCAST)


class EditForm(HeaderFields):
    """What a captain or co-captain changes later. Only the captain decides who sees the team."""

    roster_image = ImageUploadField(purpose="team_roster", label="Roster picture", required=False)
    remove_logo = forms.BooleanField(label="Remove the logo", required=False)
    remove_banner = forms.BooleanField(label="Remove the banner", required=False)
    remove_roster_image = forms.BooleanField(label="Remove the roster picture", required=False)
    description = forms.CharField(
        label="About the team",
        max_length=2000,
        required=False,
        help_text="Who you are, when you practise, whom you look for. Up to 2,000 characters.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    region = forms.ChoiceField(label="Home region", choices=regions.choices, initial=regions.DEFAULT_REGION)
    is_recruiting = forms.BooleanField(
        label="We are looking for players", required=False, help_text="Shows the team to players who look for one."
    )
    is_public = forms.BooleanField(
        label="Everyone can see this team", required=False, help_text="Off: only its members can."
    )

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, owner=f"{standing.user.pk}", initial=self.initial_of(standing.team), **kwargs)
        self.team = standing.team
        for code in TEAM_LINKS:
            self.fields[f"link_{code}"] = _link_field(code)
        for name in PICTURES:
            if not getattr(standing.team, name):
                del self.fields[f"remove_{name}"]
        if not permissions.can_change_visibility(standing):
            del self.fields["is_public"]

    @staticmethod
    def initial_of(team: Team) -> dict[str, Any]:
        names = ("hero_template", "tagline", "description", "region", "is_recruiting", "is_public")
        return {name: getattr(team, name) for name in names} | {
            f"link_{code}": team.links.get(code, "") for code in TEAM_LINKS
        }

    @property
    def link_fields(self) -> list[forms.BoundField]:
        return [self[f"link_{code}"] for code in TEAM_LINKS]

    def changes(self) -> dict[str, Any]:
        """Return the cleaned values as the service takes them. What the request did not hold stays."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith(("remove_", "link_"))}
        changes = plain | {"remove": [name for name in PICTURES if self.cleaned_data.get(f"remove_{name}")]}
        if any(self.add_prefix(f"link_{code}") in self.data for code in TEAM_LINKS):
            changes["links"] = {code: self.cleaned_data[f"link_{code}"] for code in TEAM_LINKS}
        return changes


class VerificationForm(forms.Form):
    """What a captain shows staff."""

    evidence = forms.CharField(
        label="Why should staff believe it?",
        min_length=VERIFICATION_EVIDENCE[0],
        max_length=VERIFICATION_EVIDENCE[1],
        help_text="Who you are, and the addresses where staff can see it. 20 to 1,500 characters.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )


def _link_field(code: str) -> RuleField:
    kind = LINK_KINDS[code]
    return RuleField(
        label=kind.label,
        rule=partial(clean_secure_link, code),
        required=False,
        max_length=300,
        help_text=f"Address or @name. Example: {kind.example}" if kind.from_handle else f"Example: {kind.example}",
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )

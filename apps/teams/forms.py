"""What people type about teams. Rules that need a lock stay with the services; these say early what is wrong."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from apps.accounts.models import User
from apps.common.images import ImageUploadField
from apps.core.errors import DomainError
from apps.corelib import games, regions
from apps.corelib.display_names import tidy
from apps.teams import constants, permissions
from apps.teams.models import Team, TeamInvite, TeamMembership, TeamSponsor
from apps.teams.permissions import Standing
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


class DisbandForm(forms.Form):
    """The tag, typed, so that nobody disbands a team by a slip."""

    tag = forms.CharField(
        label="Type the team's tag", max_length=10, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_tag(self) -> str:
        tag = self.cleaned_data["tag"].strip()
        if tag.lower() != self.team.tag.lower():
            raise forms.ValidationError(f"That is not the tag. Type {self.team.tag}.")
        return str(tag)


class _LookFields(forms.Form):
    """What a team says about itself, when made and when edited."""

    logo = ImageUploadField(purpose="team_logo", label="Logo", required=False)
    tagline = forms.CharField(label="Tagline", max_length=80, required=False, help_text="One line.")
    description = forms.CharField(
        label="About the team", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    region = forms.ChoiceField(label="Home region", choices=regions.choices, initial=regions.DEFAULT_REGION)
    is_recruiting = forms.BooleanField(
        label="We are looking for players", required=False, help_text="Shows the team to players who look for one."
    )


class LookForm(_LookFields):
    """Step 3: how it looks. Everything here can be changed later."""

    title = "Look"
    in_game_role = forms.ChoiceField(label="Your role in the game", required=False)
    field_order = ["logo", "tagline", "in_game_role", "region", "is_recruiting"]

    def __init__(self, *args: Any, game: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["description"]  # three short steps; the edit page has it
        _offer(self, "in_game_role", in_game_role_choices(game))


class EditForm(_LookFields):
    """What a captain or co-captain changes later. Only the captain decides who sees the team."""

    is_public = forms.BooleanField(
        label="Everyone can see this team", required=False, help_text="Off: only its members can."
    )

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "description"
        ].help_text = "Who you are, when you practise, whom you look for. Up to 2,000 characters."
        if not permissions.can_change_visibility(standing):
            del self.fields["is_public"]


class InvitePlayerForm(forms.Form):
    """By name. ``cleaned_data["player"]`` is the user."""

    prefix = "player"
    player = forms.CharField(
        label="Player",
        max_length=150,
        help_text="Their username, as in their profile's address.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label="Invite as")

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "role", role_choices(standing))

    def clean_player(self) -> User:
        username = self.cleaned_data["player"].strip().removeprefix("@")
        player = User.objects.select_related("profile").filter(username__iexact=username, is_active=True).first()
        if player is None:
            raise forms.ValidationError(
                f"No player has the username {username}. Pick one from the search, or invite by e-mail."
            )
        return player


class InviteEmailForm(forms.Form):
    """By e-mail address, with or without an account here."""

    prefix = "email"
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They can join after signing up with this address.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    role = forms.ChoiceField(label="Invite as")

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "role", role_choices(standing))


class AcceptForm(forms.Form):
    """What a new member says with the yes."""

    in_game_role = forms.ChoiceField(label="Your role in the game", required=False)

    def __init__(self, *args: Any, game: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "in_game_role", in_game_role_choices(game))


class MemberForm(forms.Form):
    """What a member is in the team and in the game. A captain's role is handed over elsewhere."""

    role = forms.ChoiceField(label="Role in the team")
    in_game_role = forms.ChoiceField(label="Role in the game", required=False)

    def __init__(self, *args: Any, standing: Standing, member: TeamMembership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [
            (role.value, role.label)
            for role in TeamMembership.Role
            if permissions.can_change_member(standing, member, role=role.value)
        ]
        if len(roles) < 2:
            self.fields["role"].disabled = True
            self.fields["role"].help_text = "Only the captain changes this role. A captain hands the team over."
            roles = [(member.role, member.get_role_display())]
        _offer(self, "role", roles)
        _offer(self, "in_game_role", in_game_role_choices(member.game))


class BanForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        min_length=3,
        max_length=300,
        help_text="The player reads this, the captains too, and nobody else.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DayForm(forms.Form):
    day = forms.DateField(label="Who was in the team on", widget=forms.DateInput(attrs={"type": "date"}))


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


class DirectoryForm(forms.Form):
    """The filters of the directory. A wrong value filters nothing."""

    search = forms.CharField(
        label="Name or tag",
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    game = forms.ChoiceField(label="Game", required=False)
    recruiting = forms.BooleanField(label="Recruiting", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "game", [("", "All games"), *games.choices()])


class LeaderboardForm(forms.Form):
    """Which leaderboard. A wrong value filters nothing."""

    game = forms.ChoiceField(label="Game", required=False)
    region = forms.ChoiceField(label="Region", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "game", [("", "All games"), *games.choices()])
        _offer(self, "region", [("", "All regions"), *regions.choices()])


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
    field.choices = choices


def in_game_role_choices(game: str) -> list[tuple[str, str]]:
    return [("", "No fixed role"), *((role, role) for role in games.get(game).roles)]


def role_choices(standing: Standing) -> list[tuple[str, str]]:
    """Return the roles that this person may invite for."""
    return [(role.value, role.label) for role in TeamInvite.Role if permissions.can_invite_as(standing, role.value)]


def _as_field_error(check: Any) -> None:
    try:
        check()
    except DomainError as refusal:
        raise forms.ValidationError(refusal.message, code=refusal.code) from refusal

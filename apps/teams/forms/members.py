"""What people type about teams. Rules that need a lock stay with the services; these say early what is wrong."""

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.teams import permissions
from apps.teams.forms.choices import in_game_role_choices, offer, role_choices
from apps.teams.models import Team, TeamMembership
from apps.teams.permissions import Standing


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
        offer(self, "role", role_choices(standing))

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
        offer(self, "role", role_choices(standing))


class AcceptForm(forms.Form):
    """What a new member says with the yes."""

    in_game_role = forms.ChoiceField(label="Your role in the game", required=False)

    def __init__(self, *args: Any, game: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "in_game_role", in_game_role_choices(game))


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
        offer(self, "role", roles)
        offer(self, "in_game_role", in_game_role_choices(member.game))


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

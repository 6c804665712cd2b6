"""What people type about ways into a team: invite links, requests, settings."""

from typing import Any

from django import forms

from apps.teams import constants
from apps.teams.forms.choices import in_game_role_choices
from apps.teams.models import MemberFlag, Team, TeamInviteLink
from apps.teams.selectors.log_words import KINDS

# What each flag lets a member do, in the words of the page.
FLAG_WORDS = {
    MemberFlag.EDIT_PROFILE: "Logo, banner, tagline, description and region. Not the name.",
    MemberFlag.MANAGE_ROSTER: "Give roles, set members inactive, remove and ban. Never the captain, co-captains or "
    "themselves into another role.",
    MemberFlag.VIEW_STATS: "The figures that only the team sees.",
    MemberFlag.MANAGE_INVITES: "Invite players, share invite links, answer requests to join.",
    MemberFlag.CHANGE_SETTINGS: "Who sees the team, and how people join it.",
    MemberFlag.MANAGE_CHAT: "Delete what others wrote in chat and on the board.",
    MemberFlag.POST_ANNOUNCEMENTS: "Write to all members and followers at once.",
    MemberFlag.MANAGE_ACHIEVEMENTS: "Add and change what the team has won.",
    MemberFlag.VIEW_FINANCES: "Sponsors with their figures, and promotions. Proposing stays yours.",
    MemberFlag.SCHEDULE_PRACTICE: "Put practice into the calendar and call it off.",
}


class LinkForm(forms.Form):
    """A new invite link."""

    role = forms.ChoiceField(label="People join as", choices=TeamInviteLink.Role.choices)
    max_uses = forms.IntegerField(
        label="How many people may use it",
        min_value=1,
        max_value=constants.LINK_USES_LIMIT,
        required=False,
        initial=1,
        help_text=f"1 to {constants.LINK_USES_LIMIT}. Empty: as many as there are seats.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    days = forms.TypedChoiceField(
        label="Works for",
        coerce=int,
        initial=7,
        choices=[(days, "1 day" if days == 1 else f"{days} days") for days in constants.LINK_DAYS],
    )


class AskForm(forms.Form):
    """What somebody says who wants to join."""

    in_game_role = forms.ChoiceField(label="The role you want in the game", required=False)
    message = forms.CharField(
        label="Message",
        max_length=constants.JOIN_MESSAGE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Who you are and what you play. The team's captains read it.",
    )
    answer = forms.CharField(
        label="Answer", max_length=constants.JOIN_ANSWER_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["in_game_role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - tells the type checker
        role.choices = in_game_role_choices(team.game)
        self.fields["message"].required = team.join_message_required
        self.fields["answer"].label = team.join_question
        if not team.join_question:
            del self.fields["answer"]


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Why not?",
        max_length=300,
        required=False,
        help_text="The player reads it. You may leave it empty.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class JoinSettingsForm(forms.Form):
    """How people get in who were not invited."""

    accepts_join_requests = forms.BooleanField(
        label="Players may ask to join", required=False, help_text="Off: only who is invited gets in."
    )
    join_message_required = forms.BooleanField(label="They must write a message", required=False)
    auto_accept_join_requests = forms.BooleanField(
        label="Accept everybody at once",
        required=False,
        help_text="While a seat is free and they play for no other team of the game. Others wait for your answer.",
    )
    join_question = forms.CharField(
        label="A question for them",
        max_length=constants.JOIN_QUESTION_LIMIT,
        required=False,
        help_text="For example: What hours do you play?",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MemberFlagsForm(forms.Form):
    """What ordinary members may do."""

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for flag in MemberFlag:
            self.fields[flag.value] = forms.BooleanField(
                label=flag.label, help_text=FLAG_WORDS[flag], required=False, initial=team.opens(flag)
            )

    def opened(self) -> set[str]:
        return {name for name, on in self.cleaned_data.items() if on}


class LogForm(forms.Form):
    """The filters of the team's log. A wrong value filters nothing."""

    kind = forms.ChoiceField(
        label="What",
        required=False,
        choices=[("", "Everything"), *((kind, words) for kind, (words, _) in KINDS.items())],
    )
    person = forms.TypedChoiceField(label="Who", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.TypedChoiceField)  # noqa: S101 - tells the type checker
        person.choices = [("", "Everybody"), *people]

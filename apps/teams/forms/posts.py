"""What people type about posts. The services tidy and refuse; what was typed comes back as it was."""

from typing import Any

from django import forms

from apps.common.images import ImageUploadField
from apps.teams.models import TeamPost, TeamPostReport
from apps.teams.services.posts.writing import NewPicture, Words
from apps.teams.social_limits import POST_BODY_LIMIT, POST_PICTURES, REASON_LIMIT

MARKS = "**bold**, *italic*, - lists, > quotes and links work."


class PostForm(forms.Form):
    """A new post, or one that is there. Each picture has its words for those who can't see it."""

    client_id = forms.UUIDField(
        widget=forms.HiddenInput, required=False, error_messages={"invalid": "Reload the page, then send again."}
    )
    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    body = forms.CharField(
        label="Text",
        strip=False,
        max_length=POST_BODY_LIMIT,
        help_text=MARKS,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Write something first."},
    )
    audience = forms.ChoiceField(
        label="Who sees it", choices=TeamPost.Audience.choices, initial="public", widget=forms.RadioSelect
    )
    on_top_until = forms.DateField(
        label="Stands on top until",
        required=False,
        help_text="The last day. Without one it goes down like any post.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, kind: str, post: TeamPost | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.there = {picture.position: picture for picture in post.pictures.all()} if post else {}
        if kind != TeamPost.Kind.ANNOUNCEMENT:
            del self.fields["on_top_until"]
        for number in range(1, POST_PICTURES + 1):
            if number in self.there:
                self.fields[f"drop_{number}"] = forms.BooleanField(label=f"Take picture {number} away", required=False)
            else:
                self.fields[f"picture_{number}"] = ImageUploadField(
                    purpose="team_post", required=False, label=f"Picture {number}"
                )
            self.fields[f"alt_{number}"] = forms.CharField(
                label=f"What picture {number} shows",
                required=False,
                max_length=200,
                initial=self.there[number].alt if number in self.there else "",
                help_text="For those who can't see it.",
            )

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("title", "body", "audience", "on_top_until") if name in self.fields]

    @property
    def picture_fields(self) -> list[dict[str, Any]]:
        """Return for each place what stands there and its fields."""
        return [
            {
                "picture": self.there.get(number),
                "file": self[f"drop_{number}" if number in self.there else f"picture_{number}"],
                "alt": self[f"alt_{number}"],
            }
            for number in range(1, POST_PICTURES + 1)
        ]

    def words(self) -> Words:
        given = self.cleaned_data
        return Words(
            title=given["title"],
            body=given["body"],
            audience=given["audience"],
            kind=self.kind,
            on_top_until=given.get("on_top_until"),
        )

    def new_pictures(self) -> list[NewPicture]:
        given = self.cleaned_data
        return [
            NewPicture(given[f"picture_{number}"], given[f"alt_{number}"])
            for number in range(1, POST_PICTURES + 1)
            if given.get(f"picture_{number}")
        ]

    def dropped(self) -> list[int]:
        return [picture.pk for number, picture in self.there.items() if self.cleaned_data.get(f"drop_{number}")]

    def alts(self) -> dict[int, str]:
        return {picture.pk: self.cleaned_data[f"alt_{number}"] for number, picture in self.there.items()}


class ReasonForm(forms.Form):
    """Why a post is sent back or removed."""

    reason = forms.CharField(
        max_length=REASON_LIMIT,
        help_text="The author reads it.",
        error_messages={"required": "Say why: the author reads it. For example: “The score is wrong.”"},
    )


class ReportForm(forms.Form):
    why = forms.ChoiceField(
        label="What is wrong with it?", choices=TeamPostReport.Reason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(label="In your words", required=False, max_length=REASON_LIMIT)


class PostSettingsForm(forms.Form):
    posts_need_approval = forms.BooleanField(
        label="Posts of members wait for a captain",
        required=False,
        help_text="Captains and co-captains publish at once. A changed post waits again.",
    )
    board_is_public = forms.BooleanField(
        label="Everyone who sees the team may read the board",
        required=False,
        help_text="Members alone write on it.",
    )

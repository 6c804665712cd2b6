"""What people type on a board. The services tidy and refuse; what was typed comes back as it was."""

from typing import Any

from django import forms

from apps.teams.social_limits import REPLY_BODY_LIMIT, THREAD_BODY_LIMIT

MARKS = "**bold**, *italic*, - lists, > quotes and links work. @username calls a member."


class IdForm(forms.Form):
    """Carries an id, so that a second click is the same."""

    client_id = forms.UUIDField(
        widget=forms.HiddenInput, required=False, error_messages={"invalid": "Reload the page, then send again."}
    )


def body_field(label: str, longest: int, rows: int) -> Any:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=longest,
        help_text=MARKS,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": "Write something first."},
    )


class ThreadForm(IdForm):
    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    body = body_field("Text", THREAD_BODY_LIMIT, 8)


class ReplyForm(IdForm):
    body = body_field("Reply", REPLY_BODY_LIMIT, 4)

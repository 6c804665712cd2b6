"""What people type into the chat."""

from django import forms

from apps.teams.constants import CHAT_BODY_LIMIT

TOO_LONG = f"A message has at most {CHAT_BODY_LIMIT} characters. Yours has %(show_value)d."


class BodyField(forms.CharField):
    """Not stripped here: the service tidies, and what was typed comes back as it was typed."""

    def __init__(self, label: str, rows: int) -> None:
        super().__init__(
            label=label,
            max_length=CHAT_BODY_LIMIT,
            widget=forms.Textarea(attrs={"rows": rows, "enterkeyhint": "send", "autocomplete": "off"}),
            error_messages={"required": "Write something first.", "max_length": TOO_LONG},
        )


class MessageForm(forms.Form):
    body = BodyField("Message", 1)
    client_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": "Reload the page, then send again."}
    )
    reply_to = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)


class EditForm(forms.Form):
    body = BodyField("Edit message", 3)

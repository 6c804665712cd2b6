"""The contact form."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import User
from apps.support.constants import MESSAGE_MAX_LENGTH, Category


class ContactForm(forms.Form):
    """A question to staff, from a visitor or a member. A member's name and address are filled in."""

    name = forms.CharField(label="Your name", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="Our answer goes there.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    category = forms.ChoiceField(label="What is it about?", choices=Category.choices)
    subject = forms.CharField(label="In one line", max_length=120)
    message = forms.CharField(
        label="What happened, or what do you need?",
        help_text="Names, links and times help us to answer at once. Never send a password.",
        max_length=MESSAGE_MAX_LENGTH,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"min_length": "A little more, please: what happened, where, and when?"},
    )
    # People don't see this field; programs that fill in every field give themselves away.
    website = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, sender: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(sender, User):
            self.fields["email"].initial = sender.email
            self.fields["name"].initial = sender.get_full_name() or sender.username

    @property
    def is_from_a_program(self) -> bool:
        """Tell whether the hidden field was filled in."""
        return bool(self.cleaned_data.get("website"))

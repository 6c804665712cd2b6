"""Forms of the account pages: allauth's, with our words and our rules."""

import secrets
from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.models import EmailAddress
from allauth.socialaccount.forms import SignupForm as AllauthSocialSignupForm
from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import User


class LoginForm(AllauthLoginForm):
    """Username or e-mail, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = "Username or e-mail"
        login.widget.attrs.update({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})
        login.widget.attrs.pop("placeholder", None)
        password = self.fields["password"]
        password.help_text = ""  # the page has the link to set a new one beside the button
        password.widget.attrs.pop("placeholder", None)


class _TakenTogether:
    """What both sign-up forms do when two people take one name or address in the same moment.

    The form looked and both were free; the database lets one through. The other is told as if it had looked later.
    """

    def try_save(self, request: HttpRequest) -> tuple[AbstractBaseUser | None, HttpResponse | None]:
        if self.account_already_exists:  # type: ignore[has-type]  # allauth's, beside this mixin
            # A new account costs one password hash. So does this answer, or its speed would tell who is here.
            User().set_password(secrets.token_urlsafe())
        try:
            with transaction.atomic():
                return super().try_save(request)  # type: ignore[misc]  # allauth's, beside this mixin
        except IntegrityError:
            data = self.cleaned_data  # type: ignore[attr-defined]  # allauth's, beside this mixin
            if User.objects.filter(username__iexact=data["username"]).exists():
                raise UsernameTaken from None
            self.account_already_exists = True
            return super().try_save(request)  # type: ignore[misc]  # allauth's, beside this mixin


class UsernameTaken(Exception):
    """Somebody else took the username while this form was on its way."""


class SignupForm(_TakenTogether, AllauthSignupForm):
    """Username, e-mail, password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_username(self.fields["username"])
        email = self.fields["email"]
        email.label = "E-mail"
        email.help_text = "We send a link to it. Nobody else sees it unless you show it."
        email.widget.attrs.pop("placeholder", None)
        if password := self.fields.get("password1"):
            password.help_text = "At least 10 characters. Three or four words that don't belong together work well."
            password.widget.attrs.pop("placeholder", None)


class SocialSignupForm(_TakenTogether, AllauthSocialSignupForm):
    """What Google or Discord doesn't know: the username."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_username(self.fields["username"])
        self.fields["email"].label = "E-mail"


def describe_username(field: forms.Field) -> None:
    field.label = "Username"
    # validate_username names both ends in one sentence.
    field.validators = [rule for rule in field.validators if rule.code not in {"min_length", "max_length"}]  # type: ignore[attr-defined]  # allauth's, beside this mixin
    field.help_text = "3 to 20 letters, digits, “_”, “.” or “-”. It stands in your address: /u/username"
    field.widget.attrs.update({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "username"})
    field.widget.attrs.pop("placeholder", None)


class ResetPasswordForm(AllauthResetPasswordForm):
    """Ask for a link by which to set a new password."""

    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        """Leave out accounts that only began to change to this address: a typing error must not give them away."""
        email = str(super().clean_email())
        self.users = [user for user in self.users if user.email.lower() == email.lower()]
        return email


class ChangeEmailForm(AddEmailForm):
    """The address to change to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New e-mail"
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        # Asking twice for the same address is asking for another mail, not a mistake.
        email = self.cleaned_data["email"].lower()
        EmailAddress.objects.filter(user=self.user, email=email, verified=False, primary=False).delete()
        self.cleaned_data["email"] = email
        return str(super().clean_email())


class DeleteAccountForm(forms.Form):
    """Type the username: nobody deletes an account by a slip."""

    username = forms.CharField(label="Your username", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).strip()
        if username.lower() != self.user.username.lower():
            raise forms.ValidationError("This is not your username.")
        return username

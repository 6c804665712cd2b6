"""Forms of the account pages: allauth's, with our words and our rules."""

import secrets
from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from allauth.account.forms import SetPasswordForm as AllauthSetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.models import EmailAddress
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.socialaccount.forms import SignupForm as AllauthSocialSignupForm
from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import User

PASSWORD_HELP = "At least 10 characters. Three or four words that don't belong together work well."  # noqa: S105 - a sentence about one


class _Plain:
    """A form without placeholders: they repeat the label, vanish while one types, and are hard to read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]  # the form's, beside this mixin
            field.widget.attrs.pop("placeholder", None)


class _NewPassword(_Plain):
    """Choose a password: one sentence of help instead of a list of rules."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields  # type: ignore[attr-defined]  # the form's, beside this mixin
        fields["password1"].label = "New password"
        fields["password1"].help_text = PASSWORD_HELP
        fields["password2"].label = "New password again"
        if old := fields.get("oldpassword"):
            old.label = "Current password"
            old.help_text = ""


class LoginForm(_Plain, AllauthLoginForm):
    """Username or e-mail, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = "Username or e-mail"
        login.widget.attrs.update({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})
        password = self.fields["password"]
        password.help_text = ""  # the page has the link to set a new one beside the button


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


class SignupForm(_Plain, _TakenTogether, AllauthSignupForm):
    """Username, e-mail, password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_username(self.fields["username"])
        email = self.fields["email"]
        email.label = "E-mail"
        email.help_text = "We send a link to it. Nobody else sees it unless you show it."
        if password := self.fields.get("password1"):
            password.help_text = PASSWORD_HELP


class SocialSignupForm(_Plain, _TakenTogether, AllauthSocialSignupForm):
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


class ResetPasswordForm(_Plain, AllauthResetPasswordForm):
    """Ask for a link by which to set a new password."""

    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"

    def clean_email(self) -> str:
        """Leave out accounts that only began to change to this address: a typing error must not give them away."""
        email = str(super().clean_email())
        self.users = [user for user in self.users if user.email.lower() == email.lower()]
        return email


class ChangeEmailForm(_Plain, AddEmailForm):
    """The address to change to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New e-mail"

    def clean_email(self) -> str:
        # Asking twice for the same address is asking for another mail, not a mistake.
        email = self.cleaned_data["email"].lower()
        EmailAddress.objects.filter(user=self.user, email=email, verified=False, primary=False).delete()
        self.cleaned_data["email"] = email
        return str(super().clean_email())


class ChangePasswordForm(_NewPassword, AllauthChangePasswordForm):
    pass


class SetPasswordForm(_NewPassword, AllauthSetPasswordForm):
    pass


class ResetPasswordKeyForm(_NewPassword, AllauthResetPasswordKeyForm):
    pass


class ReauthenticateForm(_Plain, AllauthReauthenticateForm):
    pass


class _Code(_Plain):
    """A code of six digits from an app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]  # type: ignore[attr-defined]  # the form's, beside this mixin
        code.label = "Code"
        # Phones then show digits and offer the code of a message. Recovery codes are digits too.
        code.widget.attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code"})


class AuthenticateForm(_Code, AllauthAuthenticateForm):
    pass


class ReauthenticateByCodeForm(_Code, AllauthReauthenticateByCodeForm):
    pass


class ActivateTOTPForm(_Code, AllauthActivateTOTPForm):
    pass


class AddPasskeyForm(_Plain, AddWebAuthnForm):
    """Name a passkey, and say whether it replaces the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name"
        self.fields["name"].help_text = "To tell it from others, such as “My phone”."
        passwordless = self.fields["passwordless"]
        passwordless.label = "Log in with it alone"
        passwordless.help_text = "Without a password. Switch it off for a key that is only a second step."
        passwordless.initial = True


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

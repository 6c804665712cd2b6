"""Signing up."""

from typing import Any

from allauth.account.views import SignupView
from allauth.socialaccount.views import SignupView as SocialSignupView
from django.http import HttpResponse

from apps.accounts.forms import UsernameTaken


class _Late:
    """Show the form again to who was a moment too late for a username."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except UsernameTaken:
            form.add_error("username", "This username is taken.")
            return self.form_invalid(form)  # type: ignore[attr-defined]


class Signup(_Late, SignupView):
    pass


class SocialSignup(_Late, SocialSignupView):
    pass


signup = Signup.as_view()
social_signup = SocialSignup.as_view()

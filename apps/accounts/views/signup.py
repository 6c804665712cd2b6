"""Signing up."""

from typing import Any

from allauth.account.views import SignupView
from allauth.socialaccount.views import SignupView as SocialSignupView
from django.http import HttpRequest, HttpResponse

from apps.accounts.forms import UsernameTaken
from apps.accounts.services.unverified import release_email


class _OurSignup:
    """What both ways to sign up do."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Only an account's own address, or one that was proved, is taken. A change that somebody else began and
        # never confirmed is not, or anyone could keep an address from its owner.
        release_email(email=request.POST.get("email", ""))
        return super().post(request, *args, **kwargs)  # type: ignore[misc]  # allauth's, beside this mixin

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign up, or show the form again to who was a moment too late for the username."""
        try:
            return super().form_valid(form)  # type: ignore[misc]  # allauth's, beside this mixin
        except UsernameTaken:
            form.add_error("username", "This username is taken.")
            return self.form_invalid(form)  # type: ignore[attr-defined]  # allauth's, beside this mixin


class Signup(_OurSignup, SignupView):
    pass


class SocialSignup(_OurSignup, SocialSignupView):
    pass


signup = Signup.as_view()
social_signup = SocialSignup.as_view()

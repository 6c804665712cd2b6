"""allauth's own tables. Those with secrets in them stay out of the admin; the others are read on a user's page."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin

from apps.accounts.selectors import describe_browser
from apps.core.staff_pages import ReadOnlyInline

for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class EmailAddressInline(ReadOnlyInline):
    model = EmailAddress
    fields = readonly_fields = ["email", "verified", "primary"]


class AuthenticatorInline(ReadOnlyInline):
    """That there is a second factor, never what it is."""

    model = Authenticator
    fields = readonly_fields = ["type", "created_at", "last_used_at"]
    verbose_name_plural = "second factors"


class SocialAccountInline(ReadOnlyInline):
    model = SocialAccount
    fields = readonly_fields = ["provider", "uid", "last_login", "date_joined"]
    verbose_name_plural = "linked accounts"


class UserSessionInline(ReadOnlyInline):
    model = UserSession
    fields = readonly_fields = ["browser", "ip", "created_at", "last_seen_at"]
    verbose_name_plural = "sessions"

    @admin.display(description="browser")
    def browser(self, session: UserSession) -> str:
        return describe_browser(session.user_agent)

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache

from apps.accounts.models import User

PASSWORD = "river-delta-crown-7"


@pytest.fixture(autouse=True)
def _no_limits_from_earlier_tests():
    cache.clear()


@pytest.fixture
def make_user(db):
    def make(username="rafi", **fields):
        fields.setdefault("email", f"{username.lower()}@example.test")
        verified = fields.pop("verified", True)
        user = User.objects.create_user(username, password=PASSWORD, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
        return user

    return make


@pytest.fixture
def user(make_user):
    return make_user()


@pytest.fixture
def mailed(django_capture_on_commit_callbacks):
    """Run a block with its jobs, and return the mails that went out."""

    def run(action):
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            run.response = action()
        return mail.outbox[before:]

    return run


@pytest.fixture
def log_in(mailed):
    """Log in as a person does, by the form."""

    def run(client, user, password=PASSWORD):
        mailed(lambda: client.post("/accounts/login/", {"login": user.username, "password": password}))
        return mailed.response

    return run


@pytest.fixture
def second_factor():
    """Set up an authenticator app, and return a function that gives its code."""

    def make(user):
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        codes = RecoveryCodes.activate(user).get_unused_codes()
        return (lambda: code_of(secret)), codes

    return make


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def link_in(message):
    """Return the first address in a mail that leads to an account page, without the host."""
    return re.search(r"https?://[^/\s]+(/accounts/\S+)", message.body)[1]

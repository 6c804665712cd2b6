"""Account pages in a real browser: with a passkey, without JavaScript, and readable for everybody."""

import re

import pytest

from apps.accounts.models import User

from .conftest import PASSWORD, code_of


def fill(person, **fields):
    for name, value in fields.items():
        person.page.fill(f"main [name={name}]", value)


def press(person, label):
    person.page.get_by_role("main").get_by_role("button", name=label, exact=True).click()


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_signing_up_confirming_and_setting_up_an_app(person, live_site, js):
    rafi = person("phone", js=js)
    rafi.visit("/accounts/signup/")
    fill(rafi, username="rafi_7", email="rafi@example.test", password1=PASSWORD)
    press(rafi, "Create account")
    rafi.page.get_by_role("heading", name="Check your mail").wait_for()
    [message] = live_site.mails(to="rafi@example.test")
    text = message.get_body(("plain",)).get_content()
    rafi.visit(re.search(r"https?://\S+/accounts/confirm-email/\S+", text)[0])
    press(rafi, "Confirm e-mail")
    rafi.visit("/accounts/2fa/totp/activate/")
    if "reauthenticate" in rafi.page.url:
        fill(rafi, password=PASSWORD)
        press(rafi, "Confirm")
    secret = rafi.page.input_value(".copy input")
    fill(rafi, code=code_of(secret))
    press(rafi, "Turn on two-step login")
    rafi.page.get_by_role("heading", name="Recovery codes").wait_for()
    rafi.visit("/accounts/security/")
    assert "4 of 4" in rafi.page.inner_text("main")


def test_a_passkey_is_made_and_logs_in_without_a_password(person, make_user):
    make_user()
    rafi = person("phone")
    devtools = rafi.context.new_cdp_session(rafi.page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    key |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    # Passkeys belong to a name; browsers know none for an address of numbers.
    rafi.url = rafi.url.replace("127.0.0.1", "localhost")
    rafi.visit("/accounts/login/")
    fill(rafi, login="rafi", password=PASSWORD)
    press(rafi, "Log in")
    rafi.visit("/accounts/2fa/webauthn/add/")
    if "reauthenticate" in rafi.page.url:
        fill(rafi, password=PASSWORD)
        press(rafi, "Confirm")
    press(rafi, "Create passkey")
    rafi.page.wait_for_url("**/recovery-codes/")
    assert User.objects.get().authenticator_set.filter(type="webauthn").count() == 1

    rafi.context.clear_cookies()
    rafi.visit("/accounts/login/")
    press(rafi, "Log in with a passkey")
    rafi.page.wait_for_url(lambda url: "/accounts/" not in url)
    rafi.visit("/accounts/security/")
    rafi.page.get_by_role("heading", name="Security check-up").wait_for()


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_the_account_pages_are_accessible(person, make_user, viewport):
    make_user()
    rafi = person(viewport)
    for path in ("login/", "signup/", "password/reset/", "confirm-email/", "password/reset/done/"):
        rafi.visit(f"/accounts/{path}")
        rafi.assert_accessible()
    rafi.visit("/accounts/login/")
    fill(rafi, login="rafi", password=PASSWORD)
    press(rafi, "Log in")
    rafi.visit("/accounts/delete/")
    if "reauthenticate" in rafi.page.url:
        rafi.assert_accessible()
        fill(rafi, password=PASSWORD)
        press(rafi, "Confirm")
    for path in (
        *("security/", "email/", "password/change/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/add/"),
        *("2fa/webauthn/", "sessions/", "3rdparty/", "data/", "delete/"),
    ):
        rafi.visit(f"/accounts/{path}")
        rafi.assert_accessible()

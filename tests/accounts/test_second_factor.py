"""Two-step login: app, recovery codes, passkeys' pages, and that the secrets are sealed."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, override_settings

from apps.accounts.adapters import MFAAdapter
from apps.core.models import AuditEvent

from .conftest import PASSWORD, code_of


@pytest.fixture
def inside(client, user, log_in):
    """A browser that is logged in and has just proved it."""
    log_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_an_app_is_set_up_told_by_mail_and_its_recovery_codes_are_shown(inside, user, mailed):
    page = inside.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert "<svg" in page.content.decode()
    mails = mailed(lambda: inside.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}))
    assert mailed.response.url == "/accounts/2fa/recovery-codes/"
    assert "Two-step login is on" in [m.subject for m in mails]
    codes = inside.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    added = AuditEvent.objects.filter(action="account.second_factor_added", actor_id=user.pk)
    assert "totp" in [event.new["type"] for event in added]


def test_a_wrong_code_sets_up_nothing(inside):
    inside.get("/accounts/2fa/totp/activate/")
    assert inside.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_setting_up_and_turning_off_ask_for_the_password_first(client, user, log_in, second_factor):
    log_in(client, user)
    session = client.session
    session.pop("account_authentication_methods", None)
    session.save()
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")
    second_factor(user)
    assert "reauthenticate" in client.post("/accounts/2fa/totp/deactivate/").url
    assert Authenticator.objects.filter(type="totp").exists()


def test_the_password_alone_opens_nothing_the_code_does_and_only_once(client, user, log_in, second_factor):
    code, _ = second_factor(user)
    assert log_in(client, user).url == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/security/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    used = code()
    assert client.post("/accounts/2fa/authenticate/", {"code": used}).url == "/"
    assert client.get("/accounts/security/").status_code == 200

    thief = Client()
    log_in(thief, user)
    assert thief.post("/accounts/2fa/authenticate/", {"code": used}).status_code == 200
    assert thief.get("/accounts/security/").status_code == 302


def test_a_recovery_code_opens_the_account_once(client, user, log_in, second_factor):
    _, codes = second_factor(user)
    log_in(client, user)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]}).url == "/"
    other = Client()
    log_in(other, user)
    assert other.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert other.post("/accounts/2fa/authenticate/", {"code": codes[1]}).url == "/"


def test_guessing_codes_stops_after_five(client, user, log_in, second_factor):
    code, _ = second_factor(user)
    log_in(client, user)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    refused = client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert refused.status_code == 200
    assert client.get("/accounts/security/").status_code == 302


def test_turning_it_off_is_told_and_recorded_and_takes_the_recovery_codes_along(inside, user, mailed, second_factor):
    second_factor(user)
    inside.post("/accounts/reauthenticate/", {"password": PASSWORD})
    mails = mailed(lambda: inside.post("/accounts/2fa/totp/deactivate/"))
    assert [m.subject for m in mails] == ["Two-step login is off"]
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.filter(action="account.second_factor_removed").exists()


def test_the_secret_is_sealed_in_the_database(user, second_factor):
    second_factor(user)
    for authenticator in Authenticator.objects.all():
        sealed = authenticator.data.get("secret") or authenticator.data["seed"]
        assert sealed.startswith("gAAAA"), "a Fernet token"
        assert MFAAdapter().decrypt(sealed) not in json.dumps(authenticator.data)


def test_a_changed_key_opens_with_the_old_one_beside_it_and_without_it_no_code_is_right(user, second_factor, settings):
    code, _ = second_factor(user)
    authenticator = Authenticator.objects.get(type="totp")
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY="a new key" * 8, SECRET_KEY_FALLBACKS=[old]):
        assert authenticator.wrap().validate_code(code())
    from django.core.cache import cache

    cache.clear()
    with override_settings(SECRET_KEY="a new key" * 8, SECRET_KEY_FALLBACKS=[]):
        assert not authenticator.wrap().validate_code(code())
        assert MFAAdapter().decrypt(authenticator.data["secret"]) != MFAAdapter().decrypt(authenticator.data["secret"])


def test_the_passkey_pages_carry_no_inline_script(inside, client, db):
    for page in (inside.get("/accounts/2fa/webauthn/add/"), Client().get("/accounts/login/")):
        html = page.content.decode()
        assert page.status_code == 200
        assert "mfa/js/webauthn.js" in html
        inline = [tag for tag in html.split("<script")[1:] if " src=" not in tag.split(">")[0]]
        assert inline
        assert all('type="application/json"' in tag.split(">")[0] for tag in inline), "data, not code"
        assert "style=" not in html


def test_a_passkey_login_without_a_valid_answer_is_refused(client, user):
    asked = client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    assert asked.json()["request_options"]["publicKey"]["challenge"]
    client.post("/accounts/2fa/webauthn/login/", {"credential": "{}"})
    assert client.get("/accounts/security/").status_code == 302

"""Google and Discord: there when their keys are, and never a way around our rules."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import Client, RequestFactory

from apps.accounts.models import User
from deltacrown import social

KEYS = ("client-id", "client-secret")


def test_without_keys_there_is_no_button_and_no_login(client, db, settings):
    settings.SOCIALACCOUNT_PROVIDERS = social.providers(google=("", ""), discord=("id", ""))
    assert settings.SOCIALACCOUNT_PROVIDERS == {}
    html = client.get("/accounts/login/").content.decode()
    assert "Google" not in html
    assert "Discord" not in html
    client.raise_request_exception = False
    assert client.post("/accounts/google/login/").status_code == 404


@pytest.mark.parametrize(
    ("name", "label", "host"), [("google", "Google", "accounts.google.com"), ("discord", "Discord", "discord.com")]
)
def test_with_both_keys_the_button_leads_to_the_provider(client, db, settings, name, label, host):
    settings.SOCIALACCOUNT_PROVIDERS = social.providers(**{name: KEYS})
    for page in ("/accounts/login/", "/accounts/signup/"):
        html = client.get(page).content.decode()
        assert f"Continue with {label}" in html
        assert KEYS[1] not in html
    there = client.post(f"/accounts/{name}/login/")
    assert there.status_code == 302
    assert there.url.startswith(f"https://{host}/")
    assert "code_challenge=" in there.url
    assert client.get(f"/accounts/{name}/login/").status_code == 200, "a link alone starts nothing"


def test_the_pages_may_post_to_the_providers_that_are_there_and_no_others():
    assert social.origins(social.providers(google=KEYS, discord=("", ""))) == ["https://accounts.google.com"]


def test_keys_in_the_database_make_no_button(client, db, settings):
    from allauth.socialaccount.models import SocialApp

    settings.SOCIALACCOUNT_PROVIDERS = {}
    SocialApp.objects.create(provider="google", name="Planted", client_id="x", secret="y")
    assert "Google" not in client.get("/accounts/login/").content.decode()


@pytest.fixture
def back_from_google(settings):
    """A browser that comes back from Google, which says who it is."""
    settings.SOCIALACCOUNT_PROVIDERS = social.providers(google=KEYS)

    def come_back(email, uid="42"):
        browser = Client()
        request = RequestFactory().get("/")
        request.session = browser.session
        provider = get_adapter(request).get_provider(request, "google")
        login = SocialLogin(
            user=User(email=email),
            account=SocialAccount(provider="google", uid=uid),
            email_addresses=[EmailAddress(email=email, verified=True, primary=True)],
            provider=provider,
        )
        session = browser.session
        session["socialaccount_sociallogin"] = login.serialize()
        session.save()
        return browser

    return come_back


def test_who_comes_by_google_chooses_a_username_by_our_rules_and_is_in(db, back_from_google, mailed):
    browser = back_from_google("new@example.test")
    refused = browser.post("/accounts/3rdparty/signup/", {"username": "admin", "email": "new@example.test"})
    assert refused.context["form"].errors["username"] == ["This name is reserved. Please choose another."]
    mailed(lambda: browser.post("/accounts/3rdparty/signup/", {"username": "rafi_g", "email": "new@example.test"}))
    assert browser.get("/accounts/security/").status_code == 200
    user = User.objects.get()
    assert (user.username, user.has_usable_password()) == ("rafi_g", False)
    assert EmailAddress.objects.get().verified, "Google has confirmed it"


def test_an_address_that_a_provider_claims_does_not_open_an_account_that_has_it(user, back_from_google, mailed):
    browser = back_from_google("rafi@example.test")
    mailed(lambda: browser.post("/accounts/3rdparty/signup/", {"username": "rafi_g", "email": "rafi@example.test"}))
    assert browser.get("/accounts/security/").status_code == 302
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()

"""Logging in and out, limits, and what a stranger learns: nothing."""

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client, override_settings

from apps.accounts.models import User

from .conftest import PASSWORD

WRONG = "not-the-password-1"


@pytest.mark.parametrize("login", ["Rafi", "rafi", "RAFI", "rafi@example.test", "RAFI@Example.test"])
def test_the_name_or_the_address_in_any_case_logs_in(client, make_user, login):
    make_user("Rafi")
    response = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/")
    assert client.get("/accounts/security/").status_code == 200


def test_login_leads_back_to_where_one_wanted_to_go_and_never_off_the_site(client, user):
    form = {"login": "rafi", "password": PASSWORD}
    assert client.post("/accounts/login/?next=/accounts/data/", form).url == "/accounts/data/"
    assert Client().post("/accounts/login/?next=https://evil.test/", form).url == "/"


@pytest.mark.parametrize("login", ["rafi", "nobody", "rafi@example.test", "nobody@example.test"])
def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(client, user, login):
    response = client.post("/accounts/login/", {"login": login, "password": WRONG})
    expected = "E-mail or password is wrong." if "@" in login else "Username or password is wrong."
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [expected]
    assert client.get("/accounts/security/").status_code == 302


def test_an_unknown_person_costs_a_password_hash_too(client, db, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    client.post("/accounts/login/", {"login": "nobody", "password": WRONG})
    assert WRONG in hashed


def test_logging_out_takes_a_post(client, user, log_in):
    log_in(client, user)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/accounts/security/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/accounts/security/").status_code == 302


def test_after_five_wrong_passwords_even_the_right_one_waits_and_others_do_not(client, user, make_user):
    make_user("mim")
    for _ in range(5):
        client.post("/accounts/login/", {"login": "rafi", "password": WRONG})
    refused = client.post("/accounts/login/", {"login": "rafi", "password": PASSWORD})
    assert "Too many attempts" in refused.context["form"].non_field_errors()[0]
    assert Client(REMOTE_ADDR="10.9.9.9").post("/accounts/login/", {"login": "mim", "password": PASSWORD}).url == "/"


def test_a_name_that_does_not_exist_is_limited_the_same(client, db):
    answers = [client.post("/accounts/login/", {"login": "nobody", "password": WRONG}) for _ in range(6)]
    assert "Too many attempts" in answers[-1].context["form"].non_field_errors()[0]


def test_thirty_logins_a_minute_from_one_place_are_enough(client, db):
    codes = [client.post("/accounts/login/", {"login": "", "password": ""}).status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]
    assert Client(REMOTE_ADDR="10.9.9.9").post("/accounts/login/", {"login": "", "password": ""}).status_code == 200


def test_sign_up_and_reset_are_limited_too(client, db):
    codes = [client.post("/accounts/signup/", {}).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    codes = [client.post("/accounts/password/reset/", {"email": "a@example.test"}).status_code for _ in range(4)]
    assert codes == [302] * 3 + [429]


def test_a_forged_header_does_not_make_a_new_place(client, db):
    for number in range(30):
        client.post("/accounts/login/", {"login": "", "password": ""}, headers={"x-forwarded-for": f"10.0.0.{number}"})
    late = client.post("/accounts/login/", {"login": "", "password": ""}, headers={"x-forwarded-for": "10.0.1.1"})
    assert late.status_code == 429


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_our_proxy_the_entry_that_it_added_counts(client, db):
    def code(forwarded):
        form = {"login": "", "password": ""}
        return client.post("/accounts/login/", form, headers={"x-forwarded-for": forwarded}).status_code

    assert [code(f"1.2.3.{n}, 10.0.0.1") for n in range(31)] == [200] * 30 + [429]
    assert code("1.2.3.4, 10.0.0.2") == 200


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=2)
def test_a_request_that_came_past_the_proxies_is_no_error(client, user):
    form = {"login": "rafi", "password": PASSWORD}
    assert client.post("/accounts/login/", form, headers={"x-forwarded-for": "1.2.3.4"}).status_code == 302


def test_a_new_browser_is_told_by_mail_and_a_known_one_is_not(client, user, mailed):
    def log_in(browser):
        return mailed(lambda: browser.post("/accounts/login/", {"login": "rafi", "password": PASSWORD}))

    assert log_in(client) == [], "the first browser ever is no news"
    client.post("/accounts/logout/")
    assert log_in(client) == []
    other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile", REMOTE_ADDR="203.0.113.9")
    [alert] = log_in(other)
    assert (alert.subject, alert.to) == ("New login to your account", ["rafi@example.test"])
    assert "Chrome on Android" in alert.body
    assert "203.0.113.9" in alert.body


def test_passwords_are_hashed_with_argon2_outside_of_tests(settings):
    from deltacrown import settings as real

    with override_settings(PASSWORD_HASHERS=real.PASSWORD_HASHERS):
        assert get_hasher().algorithm == "argon2"

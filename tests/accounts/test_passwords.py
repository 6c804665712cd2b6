"""Resetting, changing and setting a password."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from apps.accounts.models import User
from apps.core.models import AuditEvent

from .conftest import PASSWORD, link_in

NEW = "padma-meghna-jamuna-9"


def ask_for_link(mailed, email, client=None):
    return mailed(lambda: (client or Client()).post("/accounts/password/reset/", {"email": email}))


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail_once(client, user, mailed, log_in):
    elsewhere = Client()
    log_in(elsewhere, user)
    [message] = ask_for_link(mailed, "RAFI@example.test")
    form = client.get(link_in(message), follow=True)
    [told] = mailed(lambda: client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW}))

    assert told.subject == "Your password was changed"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert user.password_changed_at is not None
    assert elsewhere.get("/accounts/security/").status_code == 302, "other browsers are out"
    assert Client().get(link_in(message)).context["token_fail"] is True, "the link works once"
    assert AuditEvent.objects.filter(action="account.password_reset").count() == 1


def test_known_and_unknown_addresses_get_the_same_answer(user, mailed):
    [to_known] = ask_for_link(mailed, "rafi@example.test")
    known = mailed.response
    [to_unknown] = ask_for_link(mailed, "nobody@example.test")
    unknown = mailed.response
    assert (
        (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, "/accounts/password/reset/done/")
    )
    assert to_known.subject == "Set a new password"
    assert to_unknown.subject == "There is no account with this address"


def test_a_mistyped_change_of_address_does_not_give_the_account_away(user, mailed):
    EmailAddress.objects.create(user=user, email="stranger@example.test", verified=False)
    [message] = ask_for_link(mailed, "stranger@example.test")
    assert message.subject == "There is no account with this address"


@pytest.mark.parametrize("path", ["/accounts/password/reset/key/1-abc-def/", "/accounts/password/reset/key/zz-1/"])
def test_a_made_up_link_says_so(client, db, path):
    response = client.get(path)
    assert response.status_code == 200
    assert "doesn't work any more" in response.content.decode().replace("&#x27;", "'")


def test_changing_the_password_keeps_this_browser_and_ends_the_others(client, user, mailed, log_in):
    other = Client()
    log_in(client, user)
    log_in(other, user)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    [told] = mailed(lambda: client.post("/accounts/password/change/", form))
    assert told.subject == "Your password was changed"
    assert mailed.response.url == "/accounts/security/"
    assert client.get("/accounts/security/").status_code == 200
    assert other.get("/accounts/security/").status_code == 302
    assert AuditEvent.objects.filter(action="account.password_changed", actor_id=user.pk).count() == 1


def test_a_wrong_current_password_changes_nothing(client, user, mailed, log_in):
    log_in(client, user)
    form = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert mailed(lambda: client.post("/accounts/password/change/", form)) == []
    assert User.objects.get().check_password(PASSWORD)


def test_who_came_by_google_sets_a_first_password(client, user, log_in):
    log_in(client, user)
    user.set_unusable_password()
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/accounts/password/change/").url == "/accounts/password/set/"
    client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})
    assert User.objects.get().check_password(NEW)

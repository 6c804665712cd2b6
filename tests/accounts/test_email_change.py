"""Changing the address: the old one counts until the new one is confirmed."""

from allauth.account.models import EmailAddress
from django.test import Client

from apps.accounts.models import User
from apps.core.models import AuditEvent

from .conftest import PASSWORD, link_in


def begin(client, user, log_in, mailed, email="new@example.test"):
    log_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return mailed(lambda: client.post("/accounts/email/", {"email": email, "action_add": ""}))


def test_the_new_address_counts_when_it_is_confirmed_and_the_old_one_is_told(client, user, log_in, mailed):
    [message] = begin(client, user, log_in, mailed)
    assert message.to == ["new@example.test"]
    assert User.objects.get().email == "rafi@example.test"
    told = mailed(lambda: client.post(link_in(message)))
    assert User.objects.get().email == "new@example.test"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@example.test", True, True)]
    assert ("rafi@example.test", "Your e-mail was changed") in [(m.to[0], m.subject) for m in told]
    assert AuditEvent.objects.filter(action="account.email_changed").count() == 1
    assert Client().post("/accounts/login/", {"login": "new@example.test", "password": PASSWORD}).url == "/"


def test_an_address_of_somebody_else_is_never_taken_over_and_is_no_error(client, user, make_user, log_in, mailed):
    make_user("mim", verified=False)
    [message] = begin(client, user, log_in, mailed, "mim@example.test")
    response = client.post(link_in(message))
    assert response.status_code in {200, 302}
    assert User.objects.get(username="rafi").email == "rafi@example.test"
    assert User.objects.get(username="mim").email == "mim@example.test"


def test_two_step_login_does_not_stop_a_change(client, user, log_in, mailed, second_factor):
    log_in(client, user)
    second_factor(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    [message] = mailed(lambda: client.post("/accounts/email/", {"email": "new@example.test", "action_add": ""}))
    assert message.to == ["new@example.test"]
    assert client.get("/accounts/2fa/").status_code == 200


def test_an_address_that_is_taken_while_the_link_is_being_opened_is_refused_without_an_error(
    client, user, make_user, log_in, mailed, monkeypatch
):
    [message] = begin(client, user, log_in, mailed)
    make_user("mim", email="new@example.test", verified=False)
    # The look comes just before the other one signs up: only the database knows better.
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda self: False)
    response = client.post(link_in(message))
    monkeypatch.undo()
    assert response.status_code == 302
    assert User.objects.get(username="rafi").email == "rafi@example.test"
    assert not EmailAddress.objects.get(user=user, email="new@example.test").verified

"""Leaving: asked for, undone, carried out."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.models import AccountDeletion, KnownDevice, User
from apps.accounts.services.deletion import purge_account, purge_due_accounts, request_deletion, restore_account
from apps.accounts.services.unverified import delete_unverified_accounts
from apps.core import slots
from apps.core.errors import Conflict
from apps.core.models import AuditEvent

from .conftest import PASSWORD, link_in


@pytest.fixture
def slot(monkeypatch):
    """Fill a slot for one test."""
    monkeypatch.setattr(slots, "_slots", {name: set(fillings) for name, fillings in slots._slots.items()})

    def fill(name, function):
        slots._slots.setdefault(name, set())
        slots.register(name, function)

    return fill


@pytest.fixture
def inside(client, user, log_in):
    log_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def leave(client, mailed, username="rafi"):
    return mailed(lambda: client.post("/accounts/delete/", {"username": username}))


def test_who_leaves_is_out_everywhere_hidden_and_told_how_to_come_back(inside, user, mailed, log_in):
    elsewhere = Client()
    log_in(elsewhere, user)
    [message] = leave(inside, mailed)
    assert mailed.response.url == "/accounts/login/"
    user.refresh_from_db()
    assert not user.is_active
    for browser in (inside, elsewhere):
        assert browser.get("/accounts/security/").status_code == 302
    deletion = user.deletion
    assert deletion.due_at - deletion.requested_at == timedelta(days=14)
    assert message.subject == "Your account will be deleted"
    assert AuditEvent.objects.filter(action="account.deletion_requested", actor_id=user.pk).count() == 1


def test_it_takes_the_password_and_the_username(client, user, log_in, mailed):
    log_in(client, user)
    stored = client.session
    stored.pop("account_authentication_methods", None)
    stored.save()
    leave(client, mailed)
    assert mailed.response.url.startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    leave(client, mailed, "tanvir")
    assert mailed.response.status_code == 400
    assert not AccountDeletion.objects.exists()
    assert User.objects.get().is_active


def test_the_link_in_the_mail_brings_everything_back_once(inside, user, mailed):
    [message] = leave(inside, mailed)
    stranger = Client()
    assert stranger.get(link_in(message)).status_code == 200
    assert not User.objects.get().is_active, "looking restores nothing: mail scanners look"
    stranger.post(link_in(message))
    assert User.objects.get().is_active
    assert not AccountDeletion.objects.exists()
    assert stranger.get(link_in(message)).status_code == 410
    assert stranger.get("/accounts/security/").status_code == 302, "the link opens the account, it does not log in"


def test_an_old_link_does_not_undo_a_new_request(inside, user, mailed):
    [first] = leave(inside, mailed)
    restore_account(user_id=user.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        request_deletion(actor=user)
        assert Client().post(link_in(first)).status_code == 410
    assert not User.objects.get().is_active


def test_logging_in_within_the_grace_period_offers_the_account_back(inside, user, mailed, log_in):
    leave(inside, mailed)
    browser = Client()
    assert log_in(browser, user).url == "/accounts/restore/"
    assert "Come back, rafi?" in browser.get("/accounts/restore/").content.decode()
    assert not User.objects.get().is_active
    browser.post("/accounts/restore/")
    assert log_in(browser, user).url == "/"
    assert browser.get("/accounts/security/").status_code == 200


def test_nobody_restores_without_the_password_or_the_link(inside, user, mailed, log_in):
    leave(inside, mailed)
    browser = Client()
    log_in(browser, user, password="wrong-password-1")
    assert browser.post("/accounts/restore/").url == "/accounts/login/"
    assert browser.post("/accounts/restore/made-up-token/").status_code == 410
    assert not User.objects.get().is_active


def test_an_account_that_staff_closed_is_not_offered_back(user, log_in):
    User.objects.update(is_active=False)
    assert log_in(Client(), user).url == "/accounts/inactive/"


def test_before_the_day_nothing_is_purged(user):
    request_deletion(actor=user)
    with time_machine.travel(timezone.now() + timedelta(days=13, hours=23), tick=False):
        assert purge_due_accounts() == {"purged": 0, "refused": 0}
    assert User.objects.get().username == "rafi"


def test_on_the_day_the_person_is_gone_and_the_row_stays(user, second_factor, slot, mailed):
    second_factor(user)
    KnownDevice.objects.create(user=user, digest="x", first_seen_at=timezone.now(), last_seen_at=timezone.now())
    purged = []
    slot("account_purge", lambda leaver: purged.append(leaver.username))
    request_deletion(actor=user)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        mails = mailed(purge_due_accounts)
        assert mailed.response == {"purged": 1, "refused": 0}
        assert purge_due_accounts() == {"purged": 0, "refused": 0}, "a second run finds nothing to do"
    gone = User.objects.get()
    assert (gone.pk, gone.username, gone.email) == (user.pk, f"deleted-{user.pk}", f"deleted-{user.pk}@deleted.invalid")
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert [model.objects.count() for model in (EmailAddress, Authenticator, KnownDevice)] == [0, 0, 0]
    assert purged == ["rafi"]
    assert [(m.to, m.subject) for m in mails if m.subject == "Your account is deleted"] == [
        (["rafi@example.test"], "Your account is deleted")
    ]
    assert Client().post("/accounts/login/", {"login": "rafi", "password": PASSWORD}).status_code == 200


def test_the_name_and_the_address_are_free_again(user, client, mailed):
    request_deletion(actor=user)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        purge_due_accounts()
    form = {"username": "rafi", "email": "rafi@example.test", "password1": PASSWORD}
    mailed(lambda: client.post("/accounts/signup/", form))
    assert User.objects.filter(username="rafi", email="rafi@example.test").count() == 1


def test_what_stands_in_the_way_is_said_and_nothing_happens(inside, user, slot, mailed):
    slot("account_deletion_blockers", lambda leaver: ["You are the captain of Dhaka Wolves. Hand it over first."])
    page = inside.get("/accounts/delete/")
    assert "You are the captain of Dhaka Wolves." in page.content.decode()
    assert leave(inside, mailed) == []
    assert mailed.response.status_code == 400
    assert User.objects.get().is_active


def test_one_that_cannot_be_purged_does_not_stop_the_others(user, make_user, slot):
    other = make_user("mim")
    request_deletion(actor=user)
    request_deletion(actor=other)
    slot("account_deletion_blockers", lambda leaver: ["Not yet."] if leaver.username == "rafi" else [])
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        assert purge_due_accounts() == {"purged": 1, "refused": 1}
    assert sorted(User.objects.values_list("username", flat=True)) == [f"deleted-{other.pk}", "rafi"]


def test_a_purge_that_fails_half_way_leaves_the_account_whole(user, slot):
    def broken(leaver):
        raise RuntimeError("an app's mistake")

    slot("account_purge", broken)
    request_deletion(actor=user)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False), pytest.raises(RuntimeError):
        purge_account(user_id=user.pk)
    assert User.objects.get().username == "rafi"
    assert EmailAddress.objects.count() == 1
    assert AccountDeletion.objects.get().is_pending


def test_the_last_superuser_stays(make_user):
    root = make_user("root_7", is_superuser=True, is_staff=True)
    with pytest.raises(Conflict, match="last superuser"):
        request_deletion(actor=root)
    assert User.objects.get().is_active


def test_asking_twice_is_refused(user):
    request_deletion(actor=user)
    with pytest.raises(Conflict):
        request_deletion(actor=user)
    assert AccountDeletion.objects.count() == 1


def test_the_database_refuses_a_deletion_without_grace_and_a_purge_before_its_day(user):
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountDeletion.objects.create(user=user, requested_at=now, due_at=now)
    request_deletion(actor=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountDeletion.objects.update(purged_at=now)


def test_accounts_that_never_confirmed_go_after_two_weeks_and_only_those(make_user):
    long_ago = timezone.now() - timedelta(days=15)
    make_user("never", verified=False, date_joined=long_ago)
    make_user("fresh", verified=False)
    make_user("confirmed", date_joined=long_ago)
    make_user("boss_7", verified=False, date_joined=long_ago, is_staff=True)
    User.objects.create_user("by_hand", "by_hand@example.test", PASSWORD, date_joined=long_ago)
    assert delete_unverified_accounts() == 1
    assert sorted(User.objects.values_list("username", flat=True)) == ["boss_7", "by_hand", "confirmed", "fresh"]

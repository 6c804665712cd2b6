"""Mails wait sealed in the database until a worker hands them over, once."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import OutgoingMail
from apps.accounts.services.mails import forget_expired_mails, queue_mail, send_mail
from apps.core.jobs import running
from apps.core.models import Job

from .conftest import PASSWORD

URL = "https://example.test/accounts/password/reset/key/1-secret/"


@pytest.fixture
def waiting(user):
    context = {"user": user, "password_reset_url": URL}
    return queue_mail("account/email/password_reset_key", to=user.email, context=context, user=user)


def test_it_is_sent_once_and_forgotten(waiting):
    assert send_mail(mail_id=waiting.pk) is True
    assert send_mail(mail_id=waiting.pk) is False
    assert len(mail.outbox) == 1
    assert URL in mail.outbox[0].body
    assert not OutgoingMail.objects.exists()


def test_a_server_that_fails_leaves_it_waiting_and_the_next_try_sends_the_same_message(waiting, monkeypatch):
    def fails(self, messages):
        raise SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fails)
        with pytest.raises(SMTPServerDisconnected):
            send_mail(mail_id=waiting.pk)
    assert OutgoingMail.objects.get() == waiting
    send_mail(mail_id=waiting.pk)
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{waiting.pk}@"), "by which a copy is known"


@pytest.fixture
def smtp_answers(monkeypatch):
    """Let the mail server refuse until it is told otherwise."""

    def refuse(error):
        def send_messages(self, messages):
            raise error

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)

    return refuse


def test_a_broken_mail_server_loses_no_mail_and_no_sign_up(client, mailed, db, smtp_answers, monkeypatch):
    smtp_answers(ConnectionRefusedError())
    form = {"username": "rafi_7", "email": "rafi@example.test", "password1": PASSWORD}
    assert mailed(lambda: client.post("/accounts/signup/", form)) == []
    assert mailed.response.status_code == 302
    job = Job.objects.get(name="accounts.send_mail")
    assert (job.state, OutgoingMail.objects.count()) == (Job.State.QUEUED, 1)
    for _ in range(20):  # an outage of hours
        Job.objects.update(run_at=timezone.now())
        running.run(job.pk)
    assert OutgoingMail.objects.count() == 1
    monkeypatch.undo()
    Job.objects.update(run_at=timezone.now())
    assert running.run(job.pk) is True
    assert [m.to for m in mail.outbox] == [["rafi@example.test"]]
    assert not re.search(r"confirm-email|rafi", str(Job.objects.filter(pk=job.pk).values().get()))


def test_a_mailbox_that_does_not_exist_is_not_asked_again_and_a_full_one_is(waiting, smtp_answers):
    smtp_answers(SMTPRecipientsRefused({"rafi@example.test": (452, b"full")}))
    with pytest.raises(SMTPRecipientsRefused):
        send_mail(mail_id=waiting.pk)
    assert OutgoingMail.objects.exists()
    smtp_answers(SMTPRecipientsRefused({"rafi@example.test": (550, b"unknown")}))
    assert send_mail(mail_id=waiting.pk) is False
    assert not OutgoingMail.objects.exists()


def test_what_waits_is_sealed(waiting):
    for text in ("secret", "example.test", "rafi"):
        assert text not in waiting.sealed


def test_after_the_key_changed_the_old_one_still_opens_it_and_without_it_the_mail_is_dropped(waiting, settings, user):
    other = queue_mail("account/email/account_deleted", to=user.email, context={})
    with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert send_mail(mail_id=waiting.pk) is True
    with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[]):
        assert send_mail(mail_id=other.pk) is False
    assert not OutgoingMail.objects.exists()


def test_a_link_that_is_too_old_is_not_sent_any_more(waiting):
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        assert send_mail(mail_id=waiting.pk) is False
        queue_mail("account/email/account_deleted", to="a@example.test", context={})
        assert forget_expired_mails() == 0
    assert mail.outbox == []


def test_a_name_in_a_mail_is_text_and_starts_no_header(user):
    user.username = "<b>x</b>\nBcc: all@example.test"
    context = {"user": user, "password_reset_url": URL}
    send_mail(mail_id=queue_mail("account/email/password_reset_key", to=user.email, context=context).pk)
    [message] = mail.outbox
    assert "<b>x</b>" not in message.alternatives[0][0]
    assert "\n" not in message.subject
    assert message.recipients() == ["rafi@example.test"]


@pytest.mark.parametrize(
    "name",
    [
        "account/email/account_already_exists",
        "account/email/account_deleted",
        "account/email/deletion_requested",
        "account/email/email_changed",
        "account/email/email_changed_by_staff",
        "account/email/email_confirm",
        "account/email/email_confirmation",
        "account/email/email_confirmation_signup",
        "account/email/email_deleted",
        "account/email/new_sign_in",
        "account/email/password_changed",
        "account/email/password_reset",
        "account/email/password_reset_key",
        "account/email/password_set",
        "account/email/password_set_by_staff",
        "account/email/second_factors_removed",
        "account/email/unknown_account",
        "mfa/email/recovery_codes_generated",
        "mfa/email/totp_activated",
        "mfa/email/totp_deactivated",
        "mfa/email/webauthn_added",
        "mfa/email/webauthn_removed",
        "socialaccount/email/account_connected",
        "socialaccount/email/account_disconnected",
    ],
)
def test_every_mail_has_a_subject_a_text_and_a_page(db, name):
    context = {"activate_url": URL, "password_reset_url": URL, "signup_url": URL, "restore_url": URL}
    context |= {"provider": "Google", "timestamp": timezone.now(), "ip": "203.0.113.9", "user_agent": "x"}
    context |= {"due_at": timezone.now(), "deleted_email": "old@example.test"}
    send_mail(mail_id=queue_mail(name, to="a@example.test", context=context).pk)
    [message] = mail.outbox
    assert 5 < len(message.subject) < 60
    assert message.body.startswith("Hello,\n\n")
    assert message.alternatives[0][0].startswith("<!doctype html>")
    assert "{" not in message.body

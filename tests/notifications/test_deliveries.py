"""A mail leaves once, or surely not at all, or is listed as unclear: over real SMTP, with real kills."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.utils import timezone

from apps.accounts.models import User
from apps.core import context
from apps.core.models import Job
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, EmailSuppression, Notification, NotificationPreference
from apps.notifications.services import deliver_email, notify, notify_email, settle_interrupted
from apps.notifications.tasks import fan_out_emails, send_email_notification, settle_interrupted_deliveries
from tests.notifications.conftest import CONTEXT, Sink


@pytest.fixture
def waiting(rafi: User, mim: User) -> Notification:
    """One mail to mim that no job has sent yet: in these tests the commit of the news never comes."""
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    return Notification.objects.get()


def email_of(notification: Notification) -> Delivery:
    return Delivery.objects.get(notification=notification, channel=Channel.EMAIL)


def test_a_mail_arrives_at_a_mail_server_in_text_and_html(sink: Sink, waiting: Notification, settings: Any) -> None:
    settings.SITE_URL = "https://deltacrown.example"
    settings.DEFAULT_FROM_EMAIL = "DeltaCrown <noreply@deltacrown.example>"

    with context.bind(request_id="request-12345"):
        assert deliver_email(notification_id=waiting.pk) == DeliveryState.SENT

    mail = sink.mails[0]
    assert sink.recipients == [["mim@example.com"]]
    assert mail["To"] == "mim@example.com"
    assert mail["From"] == "DeltaCrown <noreply@deltacrown.example>"
    assert mail["Subject"] == "rafi invited you to Dhaka Wolves"
    assert mail["X-Request-ID"] == "request-12345"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<https://deltacrown.example/notifications/unsubscribe/")
    assert mail["Message-ID"].startswith(f"<notification.{waiting.pk}.")
    assert mail["Message-ID"].endswith("@deltacrown.example>")
    assert mail.get_content_type() == "multipart/alternative"
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Hello mim,\n\nrafi invited you to Dhaka Wolves\n\nThe invite runs out on 30 November.\n" in text
    assert "Answer: https://deltacrown.example/somewhere/Dhaka%20Wolves/" in text
    assert "\n-- \nDeltaCrown" in text
    html = mail.get_body(("html",)).get_content()
    assert '<a href="https://deltacrown.example/somewhere/Dhaka%20Wolves/" class="button"' in html
    assert "prefers-color-scheme: dark" in html
    delivery = email_of(waiting)
    assert (delivery.state, delivery.attempts, delivery.error) == (DeliveryState.SENT, 1, "")
    assert delivery.sent_at is not None


def test_what_people_wrote_is_text_in_the_html(sink: Sink, mim: User) -> None:
    notify([mim], "test.invite", context={**CONTEXT, "actor": "<script>alert(1)</script> & Co"})
    deliver_email(notification_id=Notification.objects.get().pk)

    html = sink.mails[0].get_body(("html",)).get_content()
    text = sink.mails[0].get_body(("plain",)).get_content()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co invited you" in html
    assert "<script>alert(1)</script> & Co invited you" in text


def test_a_mail_about_safety_offers_no_way_out(sink: Sink, mim: User) -> None:
    notify([mim], "test.safety")
    deliver_email(notification_id=Notification.objects.get().pk)

    assert sink.mails[0]["List-Unsubscribe"] is None
    assert sink.mails[0]["List-Unsubscribe-Post"] is None
    assert "unsubscribe" not in sink.mails[0].get_body(("html",)).get_content().lower()


def test_an_address_without_an_account_gets_its_mail(sink: Sink, rafi: User) -> None:
    notify_email("new@example.com", "test.invite", actor=rafi, context=CONTEXT)
    assert deliver_email(notification_id=Notification.objects.get().pk) == DeliveryState.SENT

    assert sink.recipients == [["new@example.com"]]
    text = sink.mails[0].get_body(("plain",)).get_content()
    assert "Hello" not in text
    assert "Never mail me again: " in text
    assert "preferences" not in text


@pytest.mark.django_db(transaction=True)
def test_the_job_sends_after_the_commit(sink: Sink, rafi: User, mim: User) -> None:
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)

    assert len(sink.mails) == 1
    job = Job.objects.get(name="notifications.send_email_notification")
    assert (job.state, job.result) == (Job.State.SUCCEEDED, {"state": "sent"})


@pytest.mark.django_db(transaction=True)
def test_two_people_get_one_mail_each_by_the_fan_out(sink: Sink, rafi: User, mim: User, make_user: Any) -> None:
    notify([mim, make_user("tanvir")], "test.invite", actor=rafi, context=CONTEXT)

    assert sorted(sink.recipients) == [["mim@example.com"], ["tanvir@example.com"]]
    fan_out = Job.objects.get(name="notifications.fan_out_emails")
    assert fan_out.result == {"started": 2}
    fan_out_emails(**fan_out.args)
    assert len(sink.mails) == 2


def test_run_again_and_again_it_sends_nothing_more(sink: Sink, waiting: Notification) -> None:
    answers = [send_email_notification(notification_id=waiting.pk)["state"] for _ in range(8)]

    assert answers == ["sent"] * 8
    assert len(sink.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_send_one_mail(sink: Sink, rafi: User, mim: User, settings: Any) -> None:
    settings.JOBS_INLINE = False
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    waiting = Notification.objects.get()
    barrier = Barrier(8)
    answers: list[str] = []

    def run() -> None:
        try:
            barrier.wait(10)
            answers.append(deliver_email(notification_id=waiting.pk))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(answers) == 8
    assert len(sink.mails) == 1
    assert email_of(waiting).state == DeliveryState.SENT
    assert email_of(waiting).attempts == 1


def deliver_in_a_process_of_its_own(notification: Notification) -> subprocess.Popen[bytes]:
    code = (
        "import django; django.setup()\n"
        "from apps.notifications.services import deliver_email\n"
        f"deliver_email(notification_id={notification.pk})\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
        "DB_NAME": connection.settings_dict["NAME"],
        "EMAIL_BACKEND": django_settings.EMAIL_TRANSPORT,
        "EMAIL_HOST": django_settings.EMAIL_HOST,
        "EMAIL_PORT": str(django_settings.EMAIL_PORT),
        "EMAIL_USE_TLS": "False",
    }
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], env=environment, cwd=django_settings.BASE_DIR)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_before_the_hand_over_the_next_run_sends_it_once(
    sink: Sink, rafi: User, mim: User, settings: Any
) -> None:
    settings.JOBS_INLINE = False
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    waiting = Notification.objects.get()
    victims: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        if victims:
            os.kill(victims.pop().pid, signal.SIGKILL)

    sink.on_connect = kill
    process = deliver_in_a_process_of_its_own(waiting)
    victims.append(process)
    assert process.wait(30) == -signal.SIGKILL
    assert email_of(waiting).state == DeliveryState.CLAIMED
    assert sink.mails == []

    assert deliver_email(notification_id=waiting.pk) == DeliveryState.SENT
    assert len(sink.mails) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_when_the_server_has_it_it_is_listed_and_never_sent_again(
    sink: Sink, rafi: User, mim: User, settings: Any
) -> None:
    settings.JOBS_INLINE = False
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    waiting = Notification.objects.get()
    victims: list[subprocess.Popen[bytes]] = []

    def kill() -> str:
        os.kill(victims.pop().pid, signal.SIGKILL)
        return "250 Taken"

    sink.on_data = kill
    process = deliver_in_a_process_of_its_own(waiting)
    victims.append(process)
    assert process.wait(30) == -signal.SIGKILL
    assert len(sink.mails) == 1

    # Still in its time: another process may be busy with it.
    assert settle_interrupted() == 0
    assert deliver_email(notification_id=waiting.pk) == DeliveryState.SENDING

    assert settle_interrupted(now=timezone.now() + timedelta(minutes=3)) == 1
    delivery = email_of(waiting)
    assert delivery.state == DeliveryState.UNKNOWN
    assert delivery.error == "The process ended while the other side had the message. It may have arrived."
    assert deliver_email(notification_id=waiting.pk) == DeliveryState.UNKNOWN
    assert len(sink.mails) == 1


def test_a_refusal_for_now_is_tried_again_later(sink: Sink, waiting: Notification) -> None:
    sink.on_recipient = lambda: "451 Greylisted, come back"
    Job.objects.all().delete()
    began = timezone.now()

    assert deliver_email(notification_id=waiting.pk) == DeliveryState.PENDING

    delivery = email_of(waiting)
    assert (delivery.attempts, delivery.error) == (1, "Refused: 451 Greylisted, come back")
    job = Job.objects.get()
    assert job.args == {"notification_id": waiting.pk}
    assert timedelta(seconds=55) < job.run_at - began < timedelta(seconds=65)

    sink.on_recipient = lambda: "250 OK"
    assert deliver_email(notification_id=waiting.pk) == DeliveryState.SENT
    assert (email_of(waiting).error, email_of(waiting).attempts, len(sink.mails)) == ("", 2, 1)


def test_a_refusal_for_good_is_listed_and_not_tried_again(sink: Sink, waiting: Notification) -> None:
    sink.on_recipient = lambda: "550 No such person"
    Job.objects.all().delete()

    assert deliver_email(notification_id=waiting.pk) == DeliveryState.FAILED

    assert email_of(waiting).error == "Refused: 550 No such person"
    assert not Job.objects.exists()
    assert deliver_email(notification_id=waiting.pk) == DeliveryState.FAILED
    assert sink.mails == []


def test_a_message_the_server_refuses_is_surely_not_delivered(sink: Sink, waiting: Notification) -> None:
    sink.on_data = lambda: "554 Looks like spam"
    assert deliver_email(notification_id=waiting.pk) == DeliveryState.FAILED
    assert email_of(waiting).error == "Refused: 554 Looks like spam"


def test_a_mail_server_that_is_away_is_tried_for_hours_and_then_listed(waiting: Notification, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    Job.objects.all().delete()

    states = [deliver_email(notification_id=waiting.pk) for _ in range(6)]

    assert states == ["pending"] * 5 + ["failed"]
    waits = [round((job.run_at - timezone.now()).total_seconds() / 60) for job in Job.objects.order_by("pk")]
    assert waits == [1, 5, 30, 120, 360]
    assert "Connection refused" in email_of(waiting).error


def test_a_conversation_that_breaks_after_the_hand_over_is_unclear(waiting: Notification, monkeypatch: Any) -> None:
    def break_off(self: Any, messages: list[Any]) -> int:
        raise TimeoutError("timed out")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", break_off)
    assert deliver_email(notification_id=waiting.pk) == DeliveryState.UNKNOWN
    assert email_of(waiting).error == "The conversation broke off: TimeoutError: timed out"


@pytest.mark.parametrize("change", ["deactivated", "opted out", "no address"])
def test_who_changed_their_mind_meanwhile_gets_no_mail(
    sink: Sink, waiting: Notification, mim: User, change: str
) -> None:
    if change == "deactivated":
        User.objects.filter(pk=mim.pk).update(is_active=False)
    elif change == "no address":
        User.objects.filter(pk=mim.pk).update(email="")
    else:
        NotificationPreference.objects.create(user=mim, opt_out_email=True)

    assert deliver_email(notification_id=waiting.pk) == DeliveryState.SKIPPED
    assert email_of(waiting).error != ""
    assert sink.mails == []


def test_an_address_that_unsubscribed_meanwhile_gets_no_mail(sink: Sink, rafi: User) -> None:
    notify_email("new@example.com", "test.invite", actor=rafi, context=CONTEXT)
    EmailSuppression.objects.create(address="NEW@example.com")
    assert deliver_email(notification_id=Notification.objects.get().pk) == DeliveryState.SKIPPED
    assert sink.mails == []


@pytest.mark.django_db
def test_a_notification_that_is_gone_is_nothing_to_send() -> None:
    assert deliver_email(notification_id=12345) == "nothing to send"


def test_the_sweep_is_a_task_and_leaves_the_rest_alone(waiting: Notification) -> None:
    before = email_of(waiting).state
    assert settle_interrupted_deliveries() == {"unclear": 0, "forgotten": 0}
    assert email_of(waiting).state == before

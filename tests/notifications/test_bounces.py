"""An address that does not exist gets no more mails, its owner hears of it, and nobody can make that up."""

import email
import io
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import User
from apps.core.errors import NotFound, PermissionRefused, RateLimited
from apps.core.models import AuditEvent
from apps.notifications import bouncing
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import BouncedAddress, Delivery, Notification
from apps.notifications.services import (
    clear_address,
    clear_own_address,
    deliver_email,
    notify,
    notify_email,
    record_report,
)
from tests.notifications.conftest import CONTEXT, Sink


def told(user: User, rafi: User) -> Delivery:
    notify([user], "test.invite", actor=rafi, context=CONTEXT)
    return Delivery.objects.filter(channel=Channel.EMAIL).latest("pk")


def deliver(delivery: Delivery) -> str:
    state = deliver_email(notification_id=delivery.notification_id)
    delivery.refresh_from_db()
    return state


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("550 5.1.1 No such user", True),
        ("550 No such person here", True),
        ("551 User not local", True),
        ("553 5.1.3 Bad address syntax", True),
        ("550 5.2.1 Mailbox disabled", True),
        ("550 5.1.10 Recipient not found", True),
        ("552 5.2.2 Mailbox full", False),
        ("550 5.7.1 Rejected by policy", False),
        ("550 5.7.26 Fails DMARC", False),
        ("550 Blocked: looks like spam", False),
        ("554 Transaction failed", False),
        ("550 Relay access denied", False),
    ],
)
def test_only_a_mailbox_that_does_not_exist_stops_mails(
    sink: Sink, mim: User, rafi: User, answer: str, fault: bool
) -> None:
    sink.on_recipient = lambda: answer
    assert deliver(told(mim, rafi)) == DeliveryState.FAILED
    assert BouncedAddress.objects.exists() == fault


def test_after_a_bounce_nothing_is_sent_there_and_the_bell_says_why(sink: Sink, mim: User, rafi: User) -> None:
    sink.on_recipient = lambda: "550 5.1.1 No such user"
    deliver(told(mim, rafi))
    sink.on_recipient = lambda: "250 OK"

    second = told(mim, rafi)
    assert deliver(second) == DeliveryState.SKIPPED
    assert second.error == "Mails to this address came back."
    assert sink.mails == []
    row = BouncedAddress.objects.get()
    assert (row.address, row.reason, row.source) == ("mim@example.com", "Refused: 550 5.1.1 No such user", "refused")
    news = Notification.objects.get(type="notifications.address_bounced")
    assert (news.recipient_id, news.url, news.in_app) == (mim.pk, "/accounts/email/", True)
    assert AuditEvent.objects.get(action="notifications.address_bounced").actor_id is None
    # What concerns the safety of the account is tried all the same: the server may have been wrong.
    notify([mim], "test.safety")
    assert deliver(Delivery.objects.filter(channel=Channel.EMAIL).latest("pk")) == DeliveryState.SENT

    # Another address of theirs is another matter.
    User.objects.filter(pk=mim.pk).update(email="mim@elsewhere.example")
    assert deliver(told(mim, rafi)) == DeliveryState.SENT


def test_an_address_without_an_account_is_stopped_too(sink: Sink, rafi: User) -> None:
    sink.on_recipient = lambda: "550 5.1.1 No such user"
    for fingerprint in ("1", "2"):
        notify_email("Gone@example.com", "test.invite", actor=rafi, context=CONTEXT, fingerprint=fingerprint)
    first, second = Delivery.objects.order_by("pk")
    assert (deliver(first), deliver(second)) == (DeliveryState.FAILED, DeliveryState.SKIPPED)


def test_the_person_sees_it_on_the_page_and_says_that_it_works_again(sink: Sink, mim: User, rafi: User) -> None:
    sink.on_recipient = lambda: "550 5.1.1 No <b>such</b> user"
    deliver(told(mim, rafi))
    sink.on_recipient = lambda: "250 OK"
    client = Client()
    client.force_login(mim)
    page = client.get("/notifications/preferences/").content.decode()
    assert "Mails to mim@example.com come back" in page
    assert "No &lt;b&gt;such&lt;/b&gt; user" in page
    assert "Fix your address" in page

    page = client.post("/notifications/preferences/clear-bounce/", follow=True).content.decode()
    assert "We mail you again." in page
    assert "come back" not in page
    assert deliver(told(mim, rafi)) == DeliveryState.SENT
    for _ in range(2):
        assert clear_own_address(actor=mim) is False
    with pytest.raises(RateLimited):
        clear_own_address(actor=mim)


def test_staff_clear_an_address_and_others_may_not(mim: User, make_user: Any) -> None:
    row = BouncedAddress.objects.create(address="x@example.com", reason="550", source="refused")
    for actor in (mim, make_user("staff", is_staff=True)):
        with pytest.raises(PermissionRefused):
            clear_address(actor=actor, bounce_id=row.pk)
    assert BouncedAddress.objects.count() == 1
    clear_address(actor=make_user("nadia", is_staff=True, is_superuser=True), bounce_id=row.pk)
    assert not BouncedAddress.objects.exists()
    with pytest.raises(NotFound):
        clear_address(actor=User.objects.get(username="nadia"), bounce_id=row.pk)


def report_on(
    sink: Sink,
    *,
    address: str = "mim@example.com",
    status: str = "5.1.1",
    action: str = "failed",
    headers_only: bool = False,
) -> MIMEMultipart:
    """A report as a mail server writes it, about the last mail at the sink."""
    original = sink.mails[-1]
    report = MIMEMultipart("report", **{"report-type": "delivery-status"})
    report.attach(MIMEText("Your message could not be delivered."))
    about = MIMEText("", "x")
    about.set_type("message/delivery-status")
    about.set_payload([_block("Reporting-MTA: dns; mx.example.com\n"), _block(
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\n"
    )])  # fmt: skip
    report.attach(about)
    if headers_only:
        part = MIMEText(f"Subject: x\nMessage-ID: {original['Message-ID']}\n")
        part.set_type("text/rfc822-headers")
        report.attach(part)
    else:
        report.attach(MIMEMessage(_block(f"Message-ID: {original['Message-ID']}\nSubject: x\n")))
    return report


def _block(headers: str) -> Any:
    return email.message_from_string(headers + "\n")


@pytest.fixture
def sent(sink: Sink, mim: User, rafi: User) -> Delivery:
    delivery = told(mim, rafi)
    assert deliver(delivery) == DeliveryState.SENT
    return delivery


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_mail_that_comes_back_later_is_taken_in_from_standard_input(
    sink: Sink, sent: Delivery, monkeypatch: Any, headers_only: bool
) -> None:
    text = report_on(sink, headers_only=headers_only).as_bytes()
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    call_command("record_bounce", stdout=said)

    assert said.getvalue() == f"Notification {sent.notification_id}: the address gets no more mails.\n"
    sent.refresh_from_db()
    assert (sent.state, sent.error) == (DeliveryState.FAILED, "It came back: 5.1.1 550 5.1.1 No such user")
    row = BouncedAddress.objects.get()
    assert (row.address, row.source, row.notification_id) == ("mim@example.com", "report", sent.notification_id)


@pytest.mark.parametrize(
    "change",
    [
        {"address": "rafi@example.com"},
        {"status": "4.4.1"},
        {"status": "5.2.2"},
        {"status": "5.7.1"},
        {"status": "nonsense"},
        {"action": "delayed"},
        {"action": "relayed"},
    ],
)
def test_a_report_about_something_else_stops_nothing(sink: Sink, sent: Delivery, change: dict[str, str]) -> None:
    record_report(report_on(sink, **change))
    sent.refresh_from_db()
    assert sent.state == DeliveryState.SENT
    assert not BouncedAddress.objects.exists()


def test_nobody_makes_up_a_bounce(sink: Sink, sent: Delivery) -> None:
    """Who knows how the ids of our mails look does not know their signature."""
    true = sink.mails[0]["Message-ID"]
    for false in (
        true.replace(f".{sent.notification_id}.", f".{sent.notification_id + 1}."),
        f"<notification.{sent.notification_id}.{'A' * 16}@deltacrown.gg>",
        "<something@else.example>",
        "",
    ):
        sink.mails[0].replace_header("Message-ID", false)
        assert record_report(report_on(sink)) == ["Not about a mail of ours: nothing was changed."]
    assert not BouncedAddress.objects.exists()
    assert bouncing.read_message_id(true) == sent.notification_id


@pytest.mark.parametrize("text", [b"", b"hello", b"\x00\xff" * 100, b"Content-Type: message/delivery-status\n\nx"])
def test_what_is_no_report_is_no_error(monkeypatch: Any, db: None, text: bytes) -> None:
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    call_command("record_bounce", stdout=said)
    assert said.getvalue() == "This is no report about a mail.\n"

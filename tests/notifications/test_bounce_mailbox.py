"""Mails that came back are read from a mailbox, in the words of real mail servers."""

import io
import mailbox
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.notifications import bounce_mailboxes
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import BouncedAddress, Delivery
from apps.notifications.services import deliver_email, notify
from tests.notifications.conftest import CONTEXT, Sink
from tests.notifications.returned import EXCHANGE, EXIM, FULL_MAILBOX, GMAIL, POSTFIX, report

ANSWER = b"From: mim@example.com\r\nSubject: Re: Hello\r\n\r\nI am on holiday.\r\n"


@pytest.fixture
def sent(sink: Sink, mim: User, rafi: User) -> Delivery:
    notify([mim], "test.invite", actor=rafi, context=CONTEXT)
    delivery = Delivery.objects.filter(channel=Channel.EMAIL).get()
    assert deliver_email(notification_id=delivery.notification_id) == DeliveryState.SENT
    return delivery


def read_mailbox() -> str:
    said = io.StringIO()
    call_command("record_bounce", "--mailbox", stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("server", [POSTFIX, EXCHANGE, GMAIL, EXIM], ids=["postfix", "exchange", "gmail", "exim"])
def test_each_server_s_report_in_a_maildir_is_understood_and_deleted(
    sink: Sink, sent: Delivery, tmp_path: Path, settings: Any, server: tuple[str, str]
) -> None:
    box = mailbox.Maildir(tmp_path / "bounces")
    box.add(report(*server, sink.mails[0]["Message-ID"]))
    box.add(ANSWER)
    settings.BOUNCE_MAILBOX = f"maildir://{tmp_path}/bounces"

    said = read_mailbox()

    assert said.splitlines() == [
        f"Notification {sent.notification_id}: the address gets no more mails.",
        "1 reports were taken in, 1 other mails left where they are.",
    ]
    assert BouncedAddress.objects.get().address == "mim@example.com"
    assert [box.get_bytes(key).splitlines()[-1] for key in box.keys()] == [b"I am on holiday."]  # noqa: SIM118 - a Maildir gives its mails, not their keys
    assert read_mailbox() == "0 reports were taken in, 1 other mails left where they are.\n"


def test_a_full_mailbox_and_a_forged_report_stop_nobody(
    sink: Sink, sent: Delivery, tmp_path: Path, settings: Any
) -> None:
    true = sink.mails[0]["Message-ID"]
    box = mailbox.Maildir(tmp_path / "bounces")
    box.add(report(*FULL_MAILBOX, true))
    box.add(report(*GMAIL, f"<notification.{sent.notification_id}.{'A' * 16}@deltacrown.gg>"))
    box.add(report(GMAIL[0].replace("mim@", "rafi@"), GMAIL[1], true))
    settings.BOUNCE_MAILBOX = f"maildir://{tmp_path}/bounces"

    assert read_mailbox().splitlines()[-1] == "3 reports were taken in, 0 other mails left where they are."

    assert not BouncedAddress.objects.exists()
    sent.refresh_from_db()
    assert sent.state == DeliveryState.SENT


class FakePop3:
    """A POP3 server's answers. What is deleted is gone when the conversation ends well, as RFC 1939 says."""

    mails: dict[int, bytes]
    breaks_at_end = False

    def __init__(self, host: str, port: int, **options: Any) -> None:
        assert (host, port, options["context"].check_hostname) == ("mail.example.com", 995, True)
        self.marked: set[int] = set()

    def user(self, name: str) -> None:
        assert name == "bounces@example.com"

    def pass_(self, password: str) -> None:
        if password != "p@ss":
            raise bounce_mailboxes.poplib.error_proto("-ERR no")

    def list(self) -> Any:
        return b"+OK", [f"{number} {len(text)}".encode() for number, text in self.mails.items()], 0

    def retr(self, number: int) -> Any:
        return b"+OK", self.mails[number].split(b"\r\n"), 0

    def dele(self, number: int) -> None:
        self.marked.add(number)

    def quit(self) -> None:
        if self.breaks_at_end:
            raise OSError("the line broke")
        for number in self.marked:
            del self.mails[number]

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def pop3(monkeypatch: Any, settings: Any) -> type[FakePop3]:
    monkeypatch.setattr(bounce_mailboxes.poplib, "POP3_SSL", FakePop3)
    settings.BOUNCE_MAILBOX = "pops://bounces%40example.com:p%40ss@mail.example.com"
    return FakePop3


def test_reports_are_fetched_by_pop3_and_a_broken_line_loses_none(
    sink: Sink, sent: Delivery, pop3: type[FakePop3], monkeypatch: Any
) -> None:
    huge = b"x" * (bounce_mailboxes.LONGEST + 1)
    pop3.mails = {1: huge, 2: report(*GMAIL, sink.mails[0]["Message-ID"]), 3: ANSWER}
    monkeypatch.setattr(pop3, "breaks_at_end", True)
    with pytest.raises(CommandError, match=r"mail\.example\.com ended the conversation: the line broke"):
        read_mailbox()
    assert sorted(pop3.mails) == [1, 2, 3]
    assert BouncedAddress.objects.count() == 1

    monkeypatch.setattr(pop3, "breaks_at_end", False)
    assert read_mailbox().splitlines()[-1] == "1 reports were taken in, 1 other mails left where they are."
    assert sorted(pop3.mails) == [1, 3]
    assert BouncedAddress.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "pop3://bounces:secret@mail.example.com",
        "pops://mail.example.com",
        "maildir://host/path",
        "maildir:///nowhere/at/all",
        "pops://bounces%40example.com:secret@mail.example.com",
    ],
)
def test_a_mailbox_that_can_not_be_read_is_refused_without_its_password(
    pop3: type[FakePop3], settings: Any, address: str
) -> None:
    settings.BOUNCE_MAILBOX = address
    with pytest.raises(CommandError) as refusal:
        read_mailbox()
    assert "secret" not in str(refusal.value)

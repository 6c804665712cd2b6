"""A real mail server for drills: it keeps what it gets, and counts copies."""

import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.WARNING)  # it tells of every line


class Sink:
    """Listens on a free port. ``on_mail`` is called in the server's thread with the number of mails, after each."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.on_mail: Callable[[int], None] = lambda number: None
        self._lock = threading.Lock()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = cast("EmailMessage", message_from_bytes(envelope.content, policy=policy.default))
        with self._lock:
            self.mails.append(mail)
            number = len(self.mails)
        self.on_mail(number)
        return "250 Taken"

    @property
    def variables(self) -> dict[str, str]:
        """Return what makes the platform send here."""
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.port),
            "EMAIL_USE_TLS": "False",
            "EMAIL_USE_SSL": "False",
            "EMAIL_PER_MINUTE": "*=100000",  # nobody waits for a turn here
        }

    def copies(self) -> Counter[str]:
        """Return how often each mail came, by its Message-ID."""
        with self._lock:
            return Counter(str(mail["Message-ID"]) for mail in self.mails)

    def recipients(self) -> Counter[str]:
        """Return how many mails each address got."""
        with self._lock:
            return Counter(str(mail["To"]) for mail in self.mails)

    def forget(self) -> None:
        with self._lock:
            self.mails.clear()

    def close(self) -> None:
        self._controller.stop()

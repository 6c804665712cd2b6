"""People and types of notifications that the tests bring themselves."""

import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from apps.accounts.models import User
from apps.notifications import registry
from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType
from tests.notifications.fake_discord import FakeDiscord, served

INVITE = NotificationType(
    code="test.invite",
    group="test_teams",
    label="Team invites",
    title="{actor} invited you to {team}",
    body="The invite runs out on {until}.",
    url="/somewhere/{team}/",
    action="Answer",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
)
NEWS = NotificationType(code="test.news", group="test_site", label="News", title="{text}")
SAFETY = NotificationType(
    code="test.safety",
    group="test_site",
    label="Safety",
    title="Your password changed",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
    required=True,
)
CONTEXT = {"team": "Dhaka Wolves", "until": "30 November"}


@pytest.fixture(autouse=True)
def _types() -> Iterator[None]:
    for kind in (INVITE, NEWS, SAFETY):
        registry.register(kind)
    yield
    for kind in (INVITE, NEWS, SAFETY):
        registry.unregister(kind.code)


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(name: str, **fields: Any) -> User:
        return User.objects.create_user(name, f"{name}@example.com", "long-enough-password", **fields)

    return make


@pytest.fixture
def rafi(make_user: Callable[..., User]) -> User:
    return make_user("rafi")


@pytest.fixture
def mim(make_user: Callable[..., User]) -> User:
    return make_user("mim")


class Sink:
    """A mail server that keeps what it gets, and answers what a test tells it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.on_connect: Callable[[], None] = lambda: None
        self.on_data: Callable[[], str] = lambda: "250 Taken"
        self.on_recipient: Callable[[], str] = lambda: "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.on_recipient()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.on_data()
        if answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients.append(list(envelope.rcpt_tos))
        return answer


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real SMTP server on a free port, to which the settings point."""
    handler = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    class Listening(Controller):
        def factory(self) -> Any:
            handler.on_connect()
            return super().factory()

    controller = Listening(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "apps.core.mail.ContextEmailBackend"
    settings.EMAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    try:
        yield handler
    finally:
        controller.stop()


@pytest.fixture
def discord(settings: Any) -> Iterator[FakeDiscord]:
    """A Discord of our own, to which every message goes."""
    settings.DISCORD_CONNECTOR = "tests.notifications.fake_discord.Connector"
    yield from served()

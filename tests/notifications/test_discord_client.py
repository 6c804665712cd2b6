"""What goes over the wire to Discord: words that are only words, and a connection that goes nowhere else."""

import socket
from typing import Any

import httpx
import pytest

from apps.notifications.discord import client, connecting, messages
from apps.notifications.discord.addresses import parse
from apps.notifications.errors import MaybeDelivered, NotDelivered
from tests.notifications.fake_discord import URL, FakeDiscord


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@everyone @here @HERE", "@\u200beveryone @\u200bhere @\u200bHERE"),
        ("<@123> <@&5> <#9> </ban:1>", r"\<\u200b@123\> \<\u200b@&5\> \<\u200b\#9\> \<\u200b/ban\:1\>"),
        ("[free coins](https://evil.example)", r"\[free coins\]\(https\://evil.example\)"),
        ("**bold** _it_ ~~no~~ `code` ||spoiler||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`code\` \|\|spoiler\|\|"),
        ("# title\n> quote\n- list", "\\# title\n\\> quote\n\\- list"),
        ("nul\x00", "nul"),
    ],
)
def test_what_people_wrote_is_text(text: str, shown: str) -> None:
    assert messages.plain(text, limit=4096) == shown.replace(r"\u200b", "\u200b")


@pytest.mark.parametrize("text", ["x" * 300, "*" * 300, "😀" * 300, "[" * 128 + "x", "ab*" * 100])
def test_what_is_too_long_for_discord_is_cut_and_nothing_is_cut_in_half(text: str) -> None:
    cut = messages.plain(text, limit=256)
    assert len(cut.encode("utf-16-le")) // 2 <= 256
    assert cut.endswith("…")
    assert not cut[:-1].endswith("\\")
    assert messages.plain("x" * 256, limit=256) == "x" * 256


def test_nothing_but_the_tests_can_bring_a_connector(settings: Any) -> None:
    settings.DISCORD_CONNECTOR = "tests.notifications.fake_discord.Connector"
    assert type(connecting.connector()).__module__ == "tests.notifications.fake_discord"
    for environment in ("development", "staging", "production"):
        settings.ENVIRONMENT = environment
        assert type(connecting.connector()) is connecting.Internet


def test_the_real_connection_goes_to_the_checked_address_with_discord_s_name(monkeypatch: Any, settings: Any) -> None:
    """Nothing resolves a second time, and the certificate has to be discord.com's."""
    settings.DISCORD_CONNECTOR = ""
    resolved, connected, names = [], [], []
    listening = socket.create_server(("127.0.0.1", 0))

    def resolve(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        resolved.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("162.159.128.233", 443))]

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        connected.append(address)
        line = socket.socket()
        line.connect(listening.getsockname())
        return line

    def wrap(self: Any, sock: Any, server_hostname: str | None = None, **kwargs: Any) -> None:
        names.append((server_hostname, self.check_hostname, self.verify_mode.name))
        raise ConnectionResetError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr("ssl.SSLContext.wrap_socket", wrap)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(NotDelivered, match="No connection to Discord"):
        client.post(parse(URL), {}, hand_over=lambda: pytest.fail("nobody listened"))
    assert resolved == ["discord.com"]
    assert connected == [("162.159.128.233", 443)]
    assert names == [("discord.com", True, "CERT_REQUIRED")]
    listening.close()


def test_a_run_that_lost_the_claim_sends_nothing(discord: FakeDiscord) -> None:
    assert client.post(parse(URL), {}, hand_over=lambda: False) is None
    assert discord.got == []


def test_a_broken_line_is_no_exception_of_another_kind(discord: FakeDiscord, monkeypatch: Any) -> None:
    discord.reply = lambda got: None
    with pytest.raises(MaybeDelivered):
        client.post(parse(URL), {}, hand_over=lambda: True)
    monkeypatch.setattr(
        "tests.notifications.fake_discord._Loopback.handle_request",
        lambda self, request: (_ for _ in ()).throw(httpx.ConnectTimeout("slow")),
    )
    with pytest.raises(NotDelivered):
        client.post(parse(URL), {}, hand_over=lambda: True)

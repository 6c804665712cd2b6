"""A hundred addresses of every trick: each is refused with a reason, and nothing is ever connected to."""

import socket
from typing import Any

import pytest

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.notifications.discord import addresses, guard
from apps.notifications.errors import NotDelivered
from apps.notifications.models import Webhook
from apps.notifications.services import set_personal_webhook
from tests.notifications.fake_discord import TOKEN, URL

ID = "123456789012345678"
PATH = f"/api/webhooks/{ID}/{TOKEN}"

SPACE = "holds a space or a character"
SCHEME = "must begin with https://"
USER = "holds a user name or password"
PORT = "names a port or a number"
HOST = "not an address of discord.com"
MORE = "Leave out what follows"
NOT_ONE = "not one of a webhook"

TRICKS = [
    # Schemes.
    ("http://discord.com" + PATH, SCHEME),
    ("ftp://discord.com" + PATH, SCHEME),
    ("file:///etc/passwd", SCHEME),
    ("gopher://127.0.0.1:6379/_FLUSHALL", SCHEME),
    ("javascript:alert(1)", SCHEME),
    ("data:text/html,hello", SCHEME),
    ("dict://127.0.0.1:11211/stats", SCHEME),
    ("ldap://127.0.0.1/", SCHEME),
    ("discord.com" + PATH, SCHEME),
    ("//discord.com" + PATH, SCHEME),
    ("https:/discord.com" + PATH, SCHEME),
    ("https:discord.com" + PATH, SCHEME),
    ("httpss://discord.com" + PATH, SCHEME),
    ("https//discord.com" + PATH, SCHEME),
    ("view-source:https://discord.com" + PATH, SCHEME),
    # Other hosts.
    ("https://localhost" + PATH, HOST),
    ("https://127.0.0.1" + PATH, HOST),
    ("https://127.1" + PATH, HOST),
    ("https://127.0.0.1.nip.io" + PATH, HOST),
    ("https://0" + PATH, HOST),
    ("https://0.0.0.0" + PATH, HOST),
    ("https://0x7f000001" + PATH, HOST),
    ("https://0x7f.0.0.1" + PATH, HOST),
    ("https://0177.0.0.1" + PATH, HOST),
    ("https://2130706433" + PATH, HOST),
    ("https://10.0.0.1" + PATH, HOST),
    ("https://172.16.0.1" + PATH, HOST),
    ("https://192.168.1.1" + PATH, HOST),
    ("https://100.64.0.1" + PATH, HOST),
    ("https://169.254.169.254/latest/meta-data/", HOST),
    ("https://169.254.169.254" + PATH, HOST),
    ("https://metadata.google.internal/computeMetadata/v1/", HOST),
    ("https://metadata" + PATH, HOST),
    ("https://instance-data" + PATH, HOST),
    ("https://224.0.0.1" + PATH, HOST),
    ("https://255.255.255.255" + PATH, HOST),
    ("https://[::1]" + PATH, PORT),
    ("https://[::]" + PATH, PORT),
    ("https://[::ffff:127.0.0.1]" + PATH, PORT),
    ("https://[::ffff:7f00:1]" + PATH, PORT),
    ("https://[fe80::1%25eth0]" + PATH, PORT),
    ("https://[fd00:ec2::254]" + PATH, PORT),
    ("https://[64:ff9b::7f00:1]" + PATH, PORT),
    ("https://[2002:7f00:1::]" + PATH, PORT),
    ("https://162.159.128.233" + PATH, HOST),
    ("https://example.com" + PATH, HOST),
    ("https://example.com/discord.com" + PATH, HOST),
    # Names that look like Discord's.
    ("https://discord.com.evil.example" + PATH, HOST),
    ("https://evil-discord.com" + PATH, HOST),
    ("https://discord.comevil.example" + PATH, HOST),
    ("https://discord.co" + PATH, HOST),
    ("https://discord.gg" + PATH, HOST),
    ("https://discordapp.net" + PATH, HOST),
    ("https://www.discord.com" + PATH, HOST),
    ("https://api.discord.com" + PATH, HOST),
    ("https://media.discordapp.com" + PATH, HOST),
    ("https://canary.discordapp.com" + PATH, HOST),
    ("https://evil.canary.discord.com" + PATH, HOST),
    ("https://discord.com." + PATH, HOST),
    ("https://.discord.com" + PATH, HOST),
    ("https://discord..com" + PATH, HOST),
    ("https://dïscord.com" + PATH, SPACE),
    ("https://xn--dscord-4ya.com" + PATH, HOST),
    ("https://dіscord.com" + PATH, SPACE),  # a Cyrillic letter
    ("https://discord。com" + PATH, SPACE),
    ("https://\uff44iscord.com" + PATH, SPACE),  # a letter of full width
    ("https://disc%6frd.com" + PATH, HOST),
    ("https://discord.com%00.evil.example" + PATH, HOST),
    ("https://discord.com%2eevil.example" + PATH, HOST),
    # Users and ports.
    ("https://discord.com@127.0.0.1" + PATH, USER),
    ("https://discord.com:443@127.0.0.1" + PATH, USER),
    ("https://user:secret@discord.com" + PATH, USER),
    ("https://@discord.com" + PATH, USER),
    ("https://127.0.0.1%40discord.com" + PATH, HOST),
    ("https://discord.com:443" + PATH, PORT),
    ("https://discord.com:22" + PATH, PORT),
    ("https://discord.com:6379" + PATH, PORT),
    ("https://discord.com:" + PATH, PORT),
    ("https://discord.com:99999" + PATH, PORT),
    ("https://discord.com:80@evil.example" + PATH, USER),
    # Where the host ends is read differently by different programs.
    ("https://evil.example#@discord.com" + PATH, HOST),
    ("https://evil.example?@discord.com" + PATH, HOST),
    ("https://evil.example\\@discord.com" + PATH, SPACE),
    ("https://discord.com\\@evil.example" + PATH, SPACE),
    ("https:\\\\discord.com" + PATH, SPACE),
    ("https://evil.example/@discord.com" + PATH, HOST),
    ("https:///discord.com" + PATH, HOST),
    ("https:////discord.com" + PATH, HOST),
    ("https://discord.com;evil.example" + PATH, HOST),
    ("https://discord.com,127.0.0.1" + PATH, HOST),
    # What splits a header or a line.
    ("https://discord.com\r\nHost: evil.example" + PATH, SPACE),
    ("https://discord.com\t" + PATH, SPACE),
    ("https://discord.com" + PATH + "\n", SPACE),
    (" https://discord.com" + PATH, SPACE),
    ("https://discord.com/api/webhooks/" + ID + "/" + TOKEN + "\x00", SPACE),
    ("https://discord.com\u2028" + PATH, SPACE),
    ("https://discord.com\u202e" + PATH, SPACE),
    ("https://dis\u00adcord.com" + PATH, SPACE),
    ("https://dis\u200bcord.com" + PATH, SPACE),
    # Other things at Discord.
    ("https://discord.com", NOT_ONE),
    ("https://discord.com/", NOT_ONE),
    ("https://discord.com/api/webhooks/", NOT_ONE),
    ("https://discord.com/api/webhooks/" + ID, NOT_ONE),
    ("https://discord.com/api/webhooks/" + ID + "/short", NOT_ONE),
    ("https://discord.com/api/webhooks/123/" + TOKEN, NOT_ONE),
    ("https://discord.com/api/webhooks/-23456789012345678/" + TOKEN, NOT_ONE),
    ("https://discord.com/api/webhooks/99999999999999999999/" + TOKEN, NOT_ONE),
    ("https://discord.com/api/webhooks/" + ID + "/" + TOKEN * 3, NOT_ONE),
    ("https://discord.com" + PATH + "/", NOT_ONE),
    ("https://discord.com" + PATH + "/messages/1", NOT_ONE),
    ("https://discord.com" + PATH + "/github", NOT_ONE),
    ("https://discord.com/" + PATH, NOT_ONE),
    ("https://discord.com/api/../oauth2/token", NOT_ONE),
    ("https://discord.com/api/webhooks/../../users/@me", NOT_ONE),
    ("https://discord.com/api/%77ebhooks/" + ID + "/" + TOKEN, NOT_ONE),
    ("https://discord.com/api/webhooks/" + ID + "/" + TOKEN[:-3] + "%2e", NOT_ONE),
    ("https://discord.com/API/webhooks/" + ID + "/" + TOKEN, NOT_ONE),
    ("https://discord.com/api/v10/webhooks/" + ID + "/" + TOKEN, NOT_ONE),
    ("https://discord.com/channels/" + ID + "/" + ID, NOT_ONE),
    ("https://discord.com" + PATH + ";x", NOT_ONE),
    ("https://discord.com" + PATH + "?wait=true", MORE),
    ("https://discord.com" + PATH + "?", MORE),
    ("https://discord.com" + PATH + "#here", MORE),
    ("https://discord.com" + PATH + "?next=https://evil.example", MORE),
    # Nothing, and too much.
    ("", "Paste the webhook's address"),
    ("https://discord.com" + PATH + "a" * 300, "longer than 300"),
]

INNER = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.171", "192.0.2.1", "192.88.99.1", "192.168.0.1"),
    *("198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1"),
    *("2002:7f00:1::", "2002:a00:1::", "2002:c0a8:101::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1%eth0", "", "discord.com", "0x7f000001", "127.1"),
]
OUTER = [
    *("162.159.128.233", "1.1.1.1", "2606:4700:4700::1111", "::ffff:162.159.128.233", "64:ff9b::a29f:80e9"),
    "2002:a29f:80e9::1",
]


@pytest.fixture
def connections(monkeypatch: Any) -> list[Any]:
    """Whatever anybody in this process tries to connect to, except the database and Redis of the tests."""
    tried: list[Any] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        tried.append(address)
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: tried.append(args))
    return tried


def test_there_are_a_hundred_tricks() -> None:
    assert len(TRICKS) >= 100
    assert len({trick for trick, _ in TRICKS}) == len(TRICKS)


def test_each_trick_is_refused_with_its_reason() -> None:
    for trick, reason in TRICKS:
        with pytest.raises(DomainError, match=reason) as refusal:
            addresses.parse(trick)
        assert refusal.value.field == "url"
        assert TOKEN not in str(refusal.value)


def test_no_trick_is_stored_or_connected_to(rafi: User, connections: list[Any]) -> None:
    for trick, _ in TRICKS:
        if trick.strip() == URL:
            continue  # a pasted space or line break around it is no trick to a person
        with pytest.raises(DomainError):
            set_personal_webhook(actor=rafi, url=trick)
    assert not Webhook.objects.exists()
    assert connections == []


@pytest.mark.parametrize(
    "host", ["discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com", "DISCORD.com"]
)
def test_an_address_of_discord_is_let_in_and_only_its_two_parts_are_kept(host: str) -> None:
    address = addresses.parse(f"https://{host}{PATH}")
    assert (address.discord_id, address.token) == (int(ID), TOKEN)
    assert address.path == PATH
    assert TOKEN not in repr(address)


def test_an_address_that_is_not_public_is_refused_alone_and_among_others() -> None:
    for address in INNER:
        for answer in ([address], ["162.159.128.233", address], [address, "162.159.128.233"]):
            with pytest.raises(NotDelivered, match="not public") as refusal:
                guard.check(answer)
            assert not refusal.value.permanent


def test_a_public_address_is_let_in() -> None:
    assert [guard.check([address]) for address in OUTER] == OUTER


def test_a_name_without_an_address_leads_nowhere() -> None:
    with pytest.raises(NotDelivered, match="no address"):
        guard.check([])

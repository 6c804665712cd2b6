"""Nothing that is secret or personal leaves sideways."""

import time

import pytest

from apps.core.scrubbing import scrub, scrub_named, scrub_text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("password=canary", "password=[secret]"),
        ("new_password1: canary, next", "new_password1: [secret], next"),
        ("{'password': 'can\"ary', 'team': 'x'}", "{'password': [secret], 'team': 'x'}"),
        ('{"access_token": "can\\"ary", "a": 1}', '{"access_token": [secret], "a": 1}'),
        (
            "<QueryDict: {'password': ['canary'], 'tag': ['DWX']}>",
            "<QueryDict: {'password': [secret], 'tag': ['DWX']}>",
        ),
        ("GET /x?token=canary&page=2", "GET /x?token=[secret]&page=2"),
        ("Authorization: Bearer canary", "Authorization: [secret]"),
        ("Authorization: Basic Y2FuYXJ5Og==", "Authorization: [secret]"),
        ("'HTTP_AUTHORIZATION': 'Token canary'", "'HTTP_AUTHORIZATION': [secret]"),
        ("sent Bearer canary.1.2 on", "sent Bearer [secret] on"),
        ("Cookie: sessionid=canary; csrftoken=canary2", "Cookie: [secret]"),
        ("set-cookie: a=canary; Path=/\nnext", "set-cookie: [secret]\nnext"),
        ("redis://:canary@db.local:6379/0", "redis://[secret]@db.local:6379/0"),
        ("postgresql://user:can%40ary@db/x", "postgresql://[secret]@db/x"),
        ("RIOT_API_KEY=canary", "RIOT_API_KEY=[secret]"),
        ("otp: 123456", "otp: [secret]"),
        ("reset /key/1a-c5z9x8-0123456789abcdef0123456789abcdef/", "reset /key/1a-[secret]/"),
        ("session abcdefghij0123456789klmnopqrstuv ended", "session [secret] ended"),
        ("confirm MQ:1vAbCd:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ now", "confirm [secret] now"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sIgNaTuRe end", "jwt [secret] end"),
        ("urlsafe aB3defghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP end", "urlsafe [secret] end"),
        ("Key (email)=(mim@example.com) exists", "Key (email)=([personal]) exists"),
        ("to mim.r+x@mail.example.co.uk.", "to [personal]."),
        ("?next=mim%40example.com", "?next=[personal]"),
        ("call +880 1712-345678 now", "call [personal] now"),
        ("call 01712345678 or 8801712345678", "call [personal] or [personal]"),
        ("from 203.0.113.9:4711.", "from [personal]:4711."),
        ("from 203.0.113.9.", "from [personal]."),
        ("from [2001:db8::17]:80", "from [[personal]]:80"),
    ],
)
def test_is_hidden(text: str, clean: str) -> None:
    assert scrub_text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "Team 12 joined at 2026-11-23T14:00:00.123456+06:00",
        "listening on 127.0.0.1:8000 and [::1]:8000 and 0.0.0.0",
        "commit 3f2a9c1d4e5f60718293a4b5c6d7e8f901234567",
        "request 0123456789abcdef0123 task 7d444840-9dc0-11d1-b245-5ffdce74fad2",
        "ratio 1.2.3 of apps.core.logging::test 12:30",
        "CSRF cookie not set.",
        "his footprint: small, their adoption: good",
        "order DC-2026-000123 of 12,34,567 BDT",
    ],
)
def test_is_left_alone(text: str) -> None:
    assert scrub_text(text) == text


def test_names_hide_what_has_no_telling_form() -> None:
    given = {
        "password": "canary",
        "profile": {"phone_number": 1712345678, "email": "canary", "tag": "DWX"},
        "headers": [{"X-Forwarded-For": "canary"}, ("plain", "mim@example.com"), (b"cookie", b"canary")],
        "ip": "canary",
        "email_verified": True,
        "token": None,
        3: "three",
    }
    assert scrub(given) == {
        "password": "[secret]",
        "profile": {"phone_number": "[personal]", "email": "[personal]", "tag": "DWX"},
        "headers": [{"X-Forwarded-For": "[personal]"}, ("plain", "[personal]"), ("cookie", "[secret]")],
        "ip": "[personal]",
        "email_verified": True,
        "token": None,
        "3": "three",
    }


def test_what_is_nested_too_deeply_is_not_looked_at_but_dropped() -> None:
    assert scrub([[["canary"]]], depth=2) == [["[…]"]]


def test_a_name_decides_for_its_value() -> None:
    assert scrub_named("Set-Cookie", ["canary"]) == "[secret]"
    assert scrub_named("shipping", "x") == "x"


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "token",
        "password=[",
        "a://",
        "1:",
        "aA1-",
        "1.",
        "cookie ",
        "=:",
        "bearer ",
        "+1 2",
        "@a",
        " ",
        "-",
        '"',
    ],
)
def test_a_hostile_text_takes_no_longer_than_others(unit: str) -> None:
    began = time.perf_counter()
    scrub_text(unit * (30_000 // len(unit)))
    assert time.perf_counter() - began < 1.0

"""Hands one message to Discord, telling apart what surely failed and what may not have.

The host is resolved once, every address is checked, and the connection goes to the checked one: a name that changes its
address in between changes nothing. The certificate is still asked to be the host's.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from apps.notifications.discord import guard
from apps.notifications.discord.addresses import HOST, WebhookAddress
from apps.notifications.discord.connecting import Connector, connector
from apps.notifications.errors import MaybeDelivered, NotDelivered

# Discord asks for this form.
AGENT = "DiscordBot (https://deltacrown.gg, 1.0)"
TIMEOUT = httpx.Timeout(connect=5, read=10, write=10, pool=5)
# An error's text is short; more is not read.
ANSWER_BYTES = 64 * 1024
ANSWER_SECONDS = 10.0
# What Discord may ask to wait. It asks for seconds; an hour is what it does to senders it blocks.
LONGEST_WAIT = 3600.0
SHORTEST_WAIT = 0.5
WAIT_UNSAID = 30.0

# The gateway gave up waiting: the server behind it may have posted the message.
_UNCLEAR = frozenset({504, 524})
_GONE = {
    401: "Discord does not accept this webhook any more.",
    403: "Discord does not let this webhook post any more.",
    404: "The webhook was deleted in Discord.",
}


@dataclass(frozen=True)
class Receipt:
    """Discord took the message. ``pause``: seconds before it takes another one of this webhook."""

    pause: float = 0.0


class _TakenOver(Exception):
    """Another run hands this message over."""


def post(address: WebhookAddress, body: dict[str, Any], *, hand_over: Callable[[], bool]) -> Receipt | None:
    """Post a message. ``hand_over`` is asked when Discord listens and before it gets anything; False stops it.

    Returns:
        What Discord said, or nothing when ``hand_over`` stopped it.

    Raises:
        NotDelivered: Discord surely did not take it.
        MaybeDelivered: The conversation broke after the hand-over.
    """
    way = connector()
    request = _request(address, body, ip=_resolve(way))
    handed = False

    def trace(event: str, info: dict[str, Any]) -> None:
        nonlocal handed
        # Connected, with TLS agreed on; the first byte of the message follows.
        if event.endswith("send_request_headers.started"):
            if not hand_over():
                raise _TakenOver
            handed = True

    request.extensions["trace"] = trace
    try:
        with httpx.Client(transport=way.transport(), trust_env=False, follow_redirects=False) as client:
            answer = client.send(request, stream=True)
            try:
                return _judge(answer)
            finally:
                answer.close()
    except _TakenOver:
        return None
    except httpx.TransportError as error:
        if handed:
            raise MaybeDelivered(f"The conversation with Discord broke off: {type(error).__name__}.") from error
        raise NotDelivered(f"No connection to Discord: {type(error).__name__}.", permanent=False) from error


def _resolve(way: Connector) -> str:
    try:
        addresses = way.resolve(HOST)
    except OSError as error:
        raise NotDelivered(f"Discord can't be reached: nobody knows the way to {HOST}.", permanent=False) from error
    return guard.check(addresses)


def _request(address: WebhookAddress, body: dict[str, Any], *, ip: str) -> httpx.Request:
    place = f"[{ip}]" if ":" in ip else ip
    return httpx.Request(
        "POST",
        f"https://{place}{address.path}?wait=true",  # wait: the answer comes when the message is stored
        headers={"Host": HOST, "User-Agent": AGENT, "Accept-Encoding": "identity"},
        json=body,
        extensions={"sni_hostname": HOST, "timeout": TIMEOUT.as_dict()},
    )


def _judge(answer: httpx.Response) -> Receipt:
    status = answer.status_code
    if status < 300:
        used_up = answer.headers.get("X-RateLimit-Remaining") == "0"
        return Receipt(pause=_seconds(answer.headers.get("X-RateLimit-Reset-After")) or 0.0 if used_up else 0.0)
    if status < 400:
        raise NotDelivered("Discord answered with a redirect, which is not followed.", permanent=True)
    if status in _UNCLEAR:
        raise MaybeDelivered(f"Discord's gateway gave up waiting ({status}).")
    told = _read(answer)
    if status == 429:
        wait = _seconds(told.get("retry_after")) or _seconds(answer.headers.get("Retry-After")) or WAIT_UNSAID
        raise NotDelivered(
            f"Discord asks to wait {wait:g} seconds.",
            permanent=False,
            retry_after=wait,
            everywhere=told.get("global") is True or answer.headers.get("X-RateLimit-Scope") == "global",
        )
    reason = _GONE.get(status, f"Discord refused the message: {status}")
    said = f"{told.get('message', '')} {told.get('code', '')}".strip()[:200]
    raise NotDelivered(f"{reason} ({said})" if said else reason, permanent=status < 500, gone=status in _GONE)


def _read(answer: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of an answer, empty when it is none, too long or too slow."""
    until = time.monotonic() + ANSWER_SECONDS
    text = b""
    try:
        for piece in answer.iter_raw():
            text += piece
            if len(text) > ANSWER_BYTES or time.monotonic() > until:
                return {}
        told = json.loads(text)
    except (ValueError, RecursionError, httpx.TransportError):
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(value: Any) -> float | None:
    """Return a pause as it may be kept: a number of seconds within reason."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    # Neither "nan" nor a negative one passes.
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT) if seconds >= 0 else None

"""Compares what the database says with what mail server and Discord got."""

import re
from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Max

from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification
from drills.discord import Discord
from drills.notifications.load import Load
from drills.sink import Sink

Figures = dict[str, Any]
MESSAGE = re.compile(r"<notification\.(\d+)\.")
WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED)


def count(sink: Sink, discord: Discord, load: Load) -> Figures:
    """Return the figures of one drill; ``ok`` is whether nothing was lost, doubled or said wrongly."""
    mails = {int(match[1]): number for name, number in sink.copies().items() if (match := MESSAGE.match(name))}
    told = set(Notification.objects.values_list("recipient_id", flat=True))
    lost_answers = len(load.answered - told)
    distinct = Notification.objects.values("recipient_id", "fingerprint").annotate(top=Max("pk")).count()
    ways = {"mails": _way(Channel.EMAIL, mails), "discord": _way(Channel.DISCORD, _posted(discord))}
    wrong = sum(way[name] for way in ways.values() for name in _WRONG)
    return {
        "people_answered": len(load.answered),
        "answered_and_not_told": lost_answers,
        "notifications": Notification.objects.count(),
        "rows_doubled": Notification.objects.count() - distinct,
        "discord_refused": discord.refused,
        **ways,
        "ok": not (wrong or lost_answers or Notification.objects.count() - distinct),
    }


_WRONG = ("doubled", "said_sent_and_never_arrived", "arrived_and_not_said_so", "left_waiting")


def _way(channel: str, copies: dict[int, int]) -> Figures:
    states = dict(Delivery.objects.filter(channel=channel).values_list("notification_id", "state"))
    told = (DeliveryState.SENT, DeliveryState.UNKNOWN)
    unclear = [pk for pk, state in states.items() if state == DeliveryState.UNKNOWN]
    return {
        "arrived": sum(copies.values()),
        "doubled": sum(number - 1 for number in copies.values()),
        "said_sent_and_never_arrived": sum(
            state == DeliveryState.SENT and not copies.get(pk) for pk, state in states.items()
        ),
        "arrived_and_not_said_so": sum(states.get(pk) not in told for pk in copies),
        "left_waiting": sum(state in WAITING for state in states.values()),
        "unclear_that_arrived": sum(bool(copies.get(pk)) for pk in unclear),
        "states": dict(Counter(states.values())),
    }


def _posted(discord: Discord) -> dict[int, int]:
    """Return how often Discord took each notification's message."""
    rows = Notification.objects.filter(recipient__personal_webhook__isnull=False)
    known = {
        (webhook, created_at.timestamp()): pk
        for pk, webhook, created_at in rows.values_list("pk", "recipient__personal_webhook__discord_id", "created_at")
    }
    return {
        known[webhook, datetime.fromisoformat(at).timestamp()]: number
        for (webhook, at), number in discord.taken.items()
    }

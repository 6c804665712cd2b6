"""What waits to go out, in figures."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.core.metrics import Family, Source, register
from apps.core.metrics.sources import Values
from apps.core.operations import conditions
from apps.core.operations.conditions import CRITICAL, Condition, Facts
from apps.corelib.units import duration
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery

WAITING = Family("deltacrown_deliveries_waiting", "Notifications that are to go out now.", ("channel",))
OLDEST = Family("deltacrown_deliveries_oldest_waiting_seconds", "Age of the oldest of them.", ("channel",))
MAIL_WAITS_SECONDS = 1800.0
OUTSIDE = (Channel.EMAIL, Channel.DISCORD)


def read() -> Values:
    due = Q(state=DeliveryState.PENDING) & (Q(not_before=None) | Q(not_before__lte=Now()))
    rows = Delivery.objects.filter(due, channel__in=OUTSIDE).values("channel")
    found = {row["channel"]: row for row in rows.annotate(number=Count("pk"), since=Min("created_at"))}
    now = timezone.now()
    none = {channel.value: 0.0 for channel in OUTSIDE}
    return {
        WAITING.name: none | {channel: float(row["number"]) for channel, row in found.items()},
        OLDEST.name: none | {channel: (now - row["since"]).total_seconds() for channel, row in found.items()},
    }


def mail_blocked(facts: Facts) -> Iterator[str]:
    age = facts.now.total(OLDEST.name, channel=Channel.EMAIL)
    if age is not None and age > MAIL_WAITS_SECONDS:
        yield f"A mail that should have left has waited for {duration(age)}."


def register_all() -> None:
    conditions.register(Condition("MailBlocked", CRITICAL, "mail-blocked", mail_blocked))
    register(Source("deliveries", (WAITING, OLDEST), read, fresh_for=15))

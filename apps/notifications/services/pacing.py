"""Hands out turns to receivers that take only so many. Whoever comes too early is told when; nobody sleeps."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.notifications.models import Pace

FORGET_AFTER = timedelta(days=1)


def take_turn(key: str, *, per_minute: int, at_once: int, now: datetime) -> datetime:
    """Return when the next message may go; this time is taken and nobody else gets it.

    Each turn costs a minute divided by ``per_minute``. Up to ``at_once`` turns are saved up while nothing is sent
    (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
    """
    cost = timedelta(minutes=1) / per_minute
    with transaction.atomic():
        pace = lock(key, now)
        begin = max(pace.next_at, now, pace.held_until or now)
        turn = max(begin - cost * (at_once - 1), now, pace.held_until or now)
        pace.next_at = begin + cost
        pace.save(update_fields=["next_at"])
    return turn


def take_turns_now(
    wanted: Mapping[str, int], *, per_minute: Mapping[str, int], at_once: Mapping[str, int], now: datetime
) -> dict[str, int]:
    """Take, for many receivers by three statements, the turns that are free now. Returns how many each has got.

    ``wanted`` says how many each could use. The clock is that of ``take_turn``, and is left as so many calls leave it.
    """
    with transaction.atomic():
        clocks = Pace.objects.select_for_update().filter(key__in=wanted).order_by("key")
        found = {pace.key: pace for pace in clocks}
        if missing := sorted(wanted.keys() - found.keys()):
            Pace.objects.bulk_create([Pace(key=key, next_at=now) for key in missing], ignore_conflicts=True)
            found = {pace.key: pace for pace in clocks.all()}
        taken = {key: _free_now(pace, wanted[key], per_minute[key], at_once[key], now) for key, pace in found.items()}
        Pace.objects.bulk_update([found[key] for key, number in taken.items() if number], ["next_at"])
    return taken


def _free_now(pace: Pace, wanted: int, per_minute: int, at_once: int, now: datetime) -> int:
    if pace.held_until is not None and pace.held_until > now:
        return 0
    cost = timedelta(minutes=1) / per_minute
    begin = max(pace.next_at, now)
    free = min(wanted, max(0, (now + cost * (at_once - 1) - begin) // cost + 1))
    if free:
        pace.next_at = begin + cost * free
    return free


def hold(key: str, *, until: datetime) -> None:
    """Give no turn before ``until``: the receiver asked so."""
    with transaction.atomic():
        pace = lock(key, until)
        if pace.held_until is None or pace.held_until < until:
            pace.held_until = until
            pace.save(update_fields=["held_until"])


def held_until(*keys: str, now: datetime) -> datetime | None:
    """Return until when one of these receivers wants nothing, or nothing."""
    held = Pace.objects.filter(key__in=keys, held_until__gt=now).order_by("-held_until")
    return held.values_list("held_until", flat=True).first()


def forget_old(*, now: datetime | None = None) -> int:
    """Delete the clocks of receivers that got nothing for a day."""
    before = (now or timezone.now()) - FORGET_AFTER
    return Pace.objects.filter(next_at__lt=before).delete()[0]


def lock(key: str, now: datetime | None = None) -> Pace:
    """Hold the clock of a receiver until the end of the transaction."""
    now = now or timezone.now()
    pace = Pace.objects.select_for_update().filter(key=key).first()
    if pace is None:
        Pace.objects.bulk_create([Pace(key=key, next_at=now)], ignore_conflicts=True)
        pace = Pace.objects.select_for_update().get(key=key)
    return pace

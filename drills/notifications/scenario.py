"""The drill itself: load, kills, quiet, and the count of what arrived."""

import random
import re
import threading
import time
from collections import Counter
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import Error, connection
from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import User
from apps.core.jobs import operations
from apps.core.models import Job
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification
from apps.notifications.services import settle_interrupted
from drills.jobs.platform import wait_until
from drills.notifications.load import Load
from drills.notifications.site import Site
from drills.sink import Sink

Figures = dict[str, Any]
BACKEND = "django.contrib.auth.backends.ModelBackend"
DOMAINS = 50
PATIENCE = 600.0  # seconds until all is quiet
MESSAGE = re.compile(r"<notification\.(\d+)\.")
WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED)


def people(number: int) -> dict[int, str]:
    """Write people who are logged in. Returns their sessions by id."""
    users = User.objects.bulk_create(
        User(username=f"drill{each}", email=f"drill{each}@d{each % DOMAINS}.example.com") for each in range(number)
    )
    sessions = {}
    for user in users:
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = BACKEND
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        sessions[user.pk] = session.session_key
    return sessions


def kill_at_random(site: Site, sink: Sink, *, kills: int, asking: int, seed: int) -> Figures:
    """Kill something every few seconds while people are told things, then let everything come to rest and count."""
    dice = random.Random(seed)  # noqa: S311 - a drill that can be repeated
    sessions = people(asking)
    connection.close()
    site.start()
    load = Load(site.port, sessions, pause=0.0)
    asker = threading.Thread(target=load.run, daemon=True)
    begin = time.monotonic()
    asker.start()
    for number in range(kills):
        # The pace of the load follows that of the kills, so that it lasts as long.
        done = max(number, 1) / kills
        load.pause = max(0.02, (time.monotonic() - begin) / done * (1 - done) / max(1, asking - len(load.answered)))
        time.sleep(dice.uniform(0.2, 3.0))
        name = site.kill_something(dice)
        report(f"{number + 1}/{kills} {name}; {len(load.answered)} answered, {len(sink.mails)} mails")
    load.pause = 0.0
    killing = time.monotonic() - begin
    asker.join(PATIENCE)
    load.stop()
    quiet = wait_until("everything is sent or listed", _at_rest, patience=PATIENCE)
    given_up = _requeue_what_was_given_up()
    wait_until("what was requeued is sent or listed", _at_rest, patience=PATIENCE)
    figures = count(sink, load)
    return {
        "kills": dict(site.killed),
        "minutes_of_killing": round(killing / 60, 1),
        "seconds_until_all_quiet": round(quiet, 1),
        "jobs_requeued_by_hand": given_up,
        "requests_broken": load.broken,
        **figures,
    }


def report(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def _at_rest() -> bool:
    """Bring retries forward, and tell whether nothing is left to do."""
    try:
        Job.objects.filter(state=Job.State.QUEUED, run_at__gt=Now()).update(run_at=Now())
        settle_interrupted(now=timezone.now() + timedelta(hours=1))
        waits = Job.objects.filter(state__in=Job.UNFINISHED).exists()
    except Error:
        connection.close()
        return False
    time.sleep(1)
    return not waits


def _requeue_what_was_given_up() -> int:
    """Do what staff do with jobs that lost three workers: they stand in the list of failed ones."""
    failed = list(Job.objects.filter(state=Job.State.FAILED).values_list("pk", flat=True))
    for pk in failed:
        operations.requeue(actor=None, job_id=pk)
    return len(failed)


def count(sink: Sink, load: Load) -> Figures:
    """Compare what the database says with what the mail server got."""
    copies = {int(match[1]): number for name, number in sink.copies().items() if (match := MESSAGE.match(name))}
    states = dict(Delivery.objects.filter(channel=Channel.EMAIL).values_list("notification_id", "state"))
    told = set(Notification.objects.values_list("recipient_id", flat=True))
    twice = Notification.objects.values("recipient_id", "fingerprint").annotate(top=Max("pk"))
    never_sent = [pk for pk, state in states.items() if state == DeliveryState.SENT and not copies.get(pk)]
    waiting = [pk for pk, state in states.items() if state in WAITING]
    unlisted = [pk for pk in copies if states.get(pk) not in (DeliveryState.SENT, DeliveryState.UNKNOWN)]
    doubled = sum(number - 1 for number in copies.values())
    lost_answers = len(load.answered - told)
    return {
        "people_answered": len(load.answered),
        "answered_and_not_told": lost_answers,
        "notifications": len(states),
        "mails": sum(copies.values()),
        "mails_doubled": doubled,
        "said_sent_and_never_arrived": len(never_sent),
        "arrived_and_not_said_so": len(unlisted),
        "left_waiting": len(waiting),
        "rows_doubled": Notification.objects.count() - twice.count(),
        "states": dict(Counter(states.values())),
        "ok": not (doubled or lost_answers or never_sent or unlisted or waiting),
    }

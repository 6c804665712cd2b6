"""The drill itself: load, kills, quiet, and the count of what arrived."""

import random
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Collection
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import Error, connection
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import User
from apps.core.jobs import operations
from apps.core.models import Job
from apps.notifications.constants import Channel, WebhookKind
from apps.notifications.discord import sealing
from apps.notifications.models import NotificationPreference, Webhook
from apps.notifications.services import settle_interrupted
from drills.discord import Discord
from drills.jobs.platform import wait_until
from drills.notifications.counting import Figures, count
from drills.notifications.load import Load
from drills.notifications.site import Site
from drills.sink import Sink

BACKEND = "django.contrib.auth.backends.ModelBackend"
DOMAINS = 50
PATIENCE = 600.0  # seconds until all is quiet
ASKERS = 4
STANDSTILL = 20.0
FIRST_WEBHOOK = 10**17


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


def give_channels(users: Collection[int]) -> None:
    """Give each person a Discord channel, and have the test notification go there too."""
    Webhook.objects.bulk_create(
        Webhook(
            kind=WebhookKind.PERSONAL,
            user_id=pk,
            name="Mine",
            discord_id=FIRST_WEBHOOK + pk,
            sealed_token=sealing.seal("t" * 68),
        )
        for pk in users
    )
    NotificationPreference.objects.bulk_create(
        NotificationPreference(user_id=pk, choices={"notifications.test": {Channel.DISCORD.value: True}})
        for pk in users
    )


def kill_at_random(site: Site, sink: Sink, discord: Discord, options: Namespace) -> Figures:
    """Kill something every few seconds while people are told things, then let everything come to rest and count."""
    dice = random.Random(options.seed)  # noqa: S311 - a drill that can be repeated
    kills, asking = options.kills, options.people
    sessions = people(asking)
    give_channels(sessions)
    connection.close()
    site.start()
    load = Load(site.port, sessions, pause=0.0)
    askers = [threading.Thread(target=load.run, daemon=True) for _ in range(ASKERS)]
    begin = time.monotonic()
    for asker in askers:
        asker.start()
    for number in range(kills):
        if time.monotonic() - begin > options.minutes * 60:
            break
        # The pace of the load follows that of the kills, so that it lasts as long.
        done = max(number, 1) / kills
        load.pause = max(
            0.02, (time.monotonic() - begin) / done * (1 - done) / max(1, asking - len(load.answered)) * ASKERS
        )
        # Kills that come before anything works again would meet nobody at work.
        _something_happens(lambda: len(load.answered) + len(sink.mails) + discord.taken.total())
        time.sleep(dice.uniform(0.0, 1.5))
        name = site.kill_something(dice)
        report(
            f"{number + 1}/{kills} {name} after {time.monotonic() - begin:.0f} s; {len(load.answered)} answered, "
            f"{len(sink.mails)} mails, {discord.taken.total()} at Discord"
        )
    site.wait()
    load.pause = 0.0
    killing = time.monotonic() - begin
    for asker in askers:
        asker.join(PATIENCE)
    load.stop()
    quiet = wait_until("everything is sent or listed", _at_rest, patience=PATIENCE)
    given_up = _requeue_what_was_given_up()
    wait_until("what was requeued is sent or listed", _at_rest, patience=PATIENCE)
    figures = count(sink, discord, load)
    return {
        "kills": dict(site.killed),
        "minutes_of_killing": round(killing / 60, 1),
        "seconds_until_all_quiet": round(quiet, 1),
        "jobs_requeued_by_hand": given_up,
        "requests_broken": load.broken,
        **figures,
    }


def _something_happens(count_of: Callable[[], int]) -> None:
    """Wait until three more things are done, at most for ``STANDSTILL``."""
    before = count_of()
    until = time.monotonic() + STANDSTILL
    while count_of() < before + 3 and time.monotonic() < until:
        time.sleep(0.05)


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

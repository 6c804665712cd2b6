"""Simulated time: what two beats do at each moment, and what should have come of it, counted without their code."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from apps.accounts.models import User
from apps.core.jobs import schedules
from apps.core.jobs.schedule_rows import key_of
from apps.core.models import Job, Schedule
from apps.notifications.constants import DIGEST_LAG_SECONDS, DIGEST_RUN_MINUTES
from apps.notifications.models import Notification, NotificationDigest, NotificationPreference
from apps.notifications.services import send_due_digests

ZONES = ("Asia/Dhaka", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
STEP = timedelta(minutes=5)
SKEW = timedelta(seconds=37)  # the clock of the second beat is that much ahead
MINUTE = timedelta(minutes=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """Some hours around a change of clocks. Between ``away`` and ``back`` no beat runs."""

    name: str
    start: datetime
    end: datetime
    away: datetime | None = None
    back: datetime | None = None

    def moments(self) -> Iterator[datetime]:
        """Yield when beats look, the start included."""
        now = self.start
        while now <= self.end:
            if not (self.away and self.back and self.away < now < self.back):
                yield now
            now += STEP


def window(name: str, change: datetime, *, hours: int = 48, absent: int = 6) -> Window:
    """Return the hours around ``change``; nobody is there for some of them after it."""
    start = change - timedelta(hours=hours // 2)
    end = start + timedelta(hours=hours)
    if not absent:
        return Window(name, start, end)
    away = change + timedelta(hours=hours // 6)
    return Window(name, start, end, away, away + timedelta(hours=absent))


def changes_of(year: int) -> list[tuple[str, datetime]]:
    """Return when clocks change in the zones that change them, in order of time, to the minute and in UTC."""
    found = []
    for zone in ZONES:
        now, last = datetime(year, 1, 1, tzinfo=UTC), None
        while now.year == year:
            offset = now.astimezone(ZoneInfo(zone)).utcoffset()
            if last is not None and offset != last:
                found.append((f"{zone} {now:%d %b}", now))
            last, now = offset, now + timedelta(minutes=30)
    return sorted(found, key=lambda change: change[1])


def prepare(chosen: Window, hours: range = range(24)) -> None:
    """Begin anew: in each zone one person for each digest hour, with news every hour."""
    for model in (NotificationDigest, Notification, Job, Schedule):
        model.objects.all().delete()
    User.objects.all().delete()
    people = User.objects.bulk_create(
        User(username=_name(zone, hour), email=f"{_name(zone, hour)}@example.com", date_joined=chosen.start - 9 * DAY)
        for zone in ZONES
        for hour in hours
    )
    choices = ((zone, hour) for zone in ZONES for hour in hours)
    NotificationPreference.objects.bulk_create(
        NotificationPreference(user=user, time_zone=zone, digest_hour=hour)
        for user, (zone, hour) in zip(people, choices, strict=True)
    )
    told = chosen.start - DAY
    news = []
    while told < chosen.end:
        news += [
            Notification(
                recipient=user, type="drill", title="News", fingerprint=told.isoformat(), batch=uuid4(), created_at=told
            )
            for user in people
        ]
        told += timedelta(hours=1)
    Notification.objects.bulk_create(news, batch_size=2000)


def _name(zone: str, hour: int) -> str:
    return f"{zone.partition('/')[2].lower()}_{hour}"


def beat(now: datetime) -> None:
    """Do what one beat and one worker do at ``now``."""
    schedules.tick(now=now)
    if now.minute % DIGEST_RUN_MINUTES == 0:
        send_due_digests(now=now)


def finish_jobs() -> None:
    """Stand in for the workers: the jobs themselves are not what this is about."""
    Job.objects.filter(state=Job.State.QUEUED).update(state=Job.State.SUCCEEDED, finished_at=datetime.now(UTC))


def verdict(chosen: Window, hours: range = range(24)) -> dict[str, object]:
    """Compare what came with what should have come."""
    wanted_jobs, wanted_digests = _jobs_due(chosen), _digests_due(chosen, hours)
    regular = Job.objects.filter(dedupe_key__startswith=key_of(""))
    jobs = Counter(regular.values_list("dedupe_key", flat=True))
    rows = NotificationDigest.objects.select_related("user")
    digests = Counter((row.user.username, row.day) for row in rows)
    lag = timedelta(seconds=DIGEST_LAG_SECONDS)
    late = [
        (row.until + lag) - due
        for row in rows
        if (due := wanted_digests.get((row.user.username, row.day))) and not _missed(chosen, due)
    ]
    wrong = {key: (jobs[key], wanted_jobs[key]) for key in jobs | wanted_jobs if jobs[key] != wanted_jobs[key]}
    lost, extra = set(wanted_digests) - set(digests), set(digests) - set(wanted_digests)
    longest = max(late, default=timedelta(0))
    on_time = timedelta(0) <= min(late, default=timedelta(0)) and longest < timedelta(minutes=DIGEST_RUN_MINUTES) + SKEW
    return {
        "ok": not (wrong or lost or extra or max(digests.values(), default=0) > 1) and on_time,
        "due_times": sum(wanted_jobs.values()),
        "jobs": sum(jobs.values()),
        "entries_wrong": {str(key): pair for key, pair in wrong.items()},
        "digests_due": len(wanted_digests),
        "digests": sum(digests.values()),
        "digests_lost": sorted(map(str, lost)),
        "digests_too_many": sorted(map(str, extra)),
        "longest_after_its_hour_minutes": round(longest.total_seconds() / 60, 1),
    }


def _missed(chosen: Window, due: datetime) -> bool:
    return bool(chosen.away and chosen.back and chosen.away < due < chosen.back)


def _jobs_due(chosen: Window) -> Counter[str | None]:
    """Count, for each entry, the steps within which it was due: what passed while nobody was there counts once."""
    due: Counter[str | None] = Counter()
    moments = list(chosen.moments())
    for entry in schedules.entries():
        fields = schedules.in_words(entry.when).split()
        for before, now in itertools.pairwise(moments):
            # The second beat looks a little later, and so sees what becomes due up to then.
            if any(_matches(fields, minute) for minute in _minutes(before + SKEW, now + SKEW)):
                due[key_of(entry.name)] += 1
    return due


def _minutes(after: datetime, until: datetime) -> Iterator[datetime]:
    now = after.replace(second=0, microsecond=0) + MINUTE
    while now <= until:
        yield now
        now += MINUTE


def _matches(fields: list[str], now: datetime) -> bool:
    """Read a crontab the plain way: numbers, ``*`` and ``*/n`` for minute and hour, one named day of the week."""
    minute, hour, day, month, weekday = fields
    if (day, month) != ("*", "*") or weekday not in ("*", *WEEKDAYS):
        raise ValueError(f"This drill knows no days of the month: {fields}")
    if weekday != "*" and WEEKDAYS.index(weekday) != now.weekday():
        return False
    return all(
        field == "*" or (number % int(field[2:]) == 0 if field.startswith("*/") else number == int(field))
        for field, number in ((minute, now.minute), (hour, now.hour))
    )


def _digests_due(chosen: Window, hours: range) -> dict[tuple[str, date], datetime]:
    """Return when each digest is due: the first minute of the local day whose clock shows the hour or later."""
    due: dict[tuple[str, date], datetime] = {}
    last_run = chosen.end - timedelta(minutes=chosen.end.minute % DIGEST_RUN_MINUTES)
    for zone in ZONES:
        here = ZoneInfo(zone)
        seen: set[tuple[int, date]] = set()
        for now in _minutes(chosen.start - 2 * DAY, last_run):
            clock = now.astimezone(here)
            for hour in hours:
                if clock.hour >= hour and (hour, clock.date()) not in seen:
                    seen.add((hour, clock.date()))
                    due[_name(zone, hour), clock.date()] = now
    # The first run takes an hour that struck since the last time it would have run.
    begin = chosen.start - timedelta(minutes=DIGEST_RUN_MINUTES)
    return {key: moment for key, moment in due.items() if moment > begin}

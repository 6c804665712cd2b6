"""The ways of breaking it. Each returns its figures; ``ok`` says whether every job had exactly one effect, in time."""

import os
import signal
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import redis
from django.db import Error, connection, transaction
from django.utils import timezone

from apps.core import jobs
from apps.core.jobs import dispatch
from apps.core.models import Job
from drills.jobs.celery_app import REGULAR_EVERY
from drills.jobs.platform import Platform, wait_until

Figures = dict[str, Any]
RECOVERY_LIMIT = 30.0  # seconds from a worker's death to the job's next start


def enqueue(count: int, *, seconds: float = 0, name: str = "drill.leave_mark") -> list[int]:
    extra: Figures = {"seconds": seconds} if seconds else {}
    with transaction.atomic():
        return [jobs.enqueue(name, mark=f"{name} {number}", **extra).pk for number in range(count)]


def count(ids: list[int], **conditions: Any) -> int:
    try:
        return Job.objects.filter(pk__in=ids, **conditions).count()
    except Error:  # the drill has stopped the database
        connection.close()
        return -1


def wait_for(ids: list[int], *, state: str = Job.State.SUCCEEDED, patience: float = 60) -> float:
    return wait_until(f"{len(ids)} jobs {state}", lambda: count(ids, state=state) == len(ids), patience=patience)


def effects(ids: list[int]) -> Figures:
    """Return how many effects the jobs had: lost and doubled ones should both be none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT job_id, count(*) FROM drill_effect WHERE job_id = ANY(%s) GROUP BY job_id", [ids])
        found = dict(cursor.fetchall())
    doubled = sum(number - 1 for number in found.values())
    return {"jobs": len(ids), "effects": sum(found.values()), "lost": len(ids) - len(found), "doubled": doubled}


def verdict(figures: Figures, *, ok: bool = True) -> Figures:
    return {**figures, "ok": ok and not figures["lost"] and not figures["doubled"]}


def kill_worker(platform: Platform) -> Figures:
    """Kill -9 a worker with all its processes in mid-task, three times; another is started as systemd would."""
    return _kill(platform, times=3)


def kill_once(platform: Platform) -> Figures:
    """The same, once: for the suite."""
    return _kill(platform, times=1)


def _kill(platform: Platform, *, times: int) -> Figures:
    ids, recovered = [], []
    worker = platform.worker()
    for _ in range(times):
        running = enqueue(2, seconds=3)
        wait_until("two jobs run", partial(_both_run, running))
        time.sleep(1)
        platform.kill(worker)
        killed = timezone.now()
        worker = platform.worker()
        wait_for(running)
        ids += running
        starts = Job.objects.filter(pk__in=running).values_list("started_at", flat=True)
        recovered += [(started - killed).total_seconds() for started in starts if started]
    worst = max(recovered)
    return verdict({**effects(ids), "seconds_until_restart_worst": round(worst, 1)}, ok=worst < RECOVERY_LIMIT)


def _both_run(ids: list[int]) -> bool:
    return count(ids, state=Job.State.RUNNING) == 2


def kill_child(platform: Platform) -> Figures:
    """A job that kills the process it runs in, as the kernel does when memory ends: delivered three times, then failed.

    A good job runs beside it and is not harmed.
    """
    platform.worker()
    [poisoned] = enqueue(1, name="drill.kill_own_worker")
    good = enqueue(20)
    took = wait_for([poisoned], state=Job.State.FAILED, patience=150)
    wait_for(good)
    job = Job.objects.get(pk=poisoned)
    figures = {**effects(good), "poisoned_starts": job.attempts, "seconds_until_given_up": round(took, 1)}
    return verdict(figures, ok=job.attempts == 3 and effects([poisoned])["effects"] == 0)


def freeze_worker(platform: Platform) -> Figures:
    """A worker hangs for longer than its lease, another takes the job, the first goes on and must not take effect."""
    frozen = platform.worker(concurrency=1)
    ids = enqueue(1, seconds=3)
    wait_until("the job runs", lambda: count(ids, state=Job.State.RUNNING) == 1)
    platform.kill(frozen, signal.SIGSTOP)
    stopped = timezone.now()
    platform.worker(concurrency=1)
    wait_until("another worker has it", lambda: count(ids, attempts=2) == 1)
    job = Job.objects.get(pk=ids[0])
    platform.kill(frozen, signal.SIGCONT)
    wait_for(ids)
    time.sleep(4)  # the first worker ends its body meanwhile
    taken = (job.started_at - stopped).total_seconds() if job.started_at else -1
    return verdict({**effects(ids), "seconds_until_taken_over": round(taken, 1)}, ok=0 < taken < RECOVERY_LIMIT)


def deliver_eight_times(platform: Platform) -> Figures:
    """Every message comes eight times, to two workers."""
    ids = enqueue(200)
    for job in Job.objects.filter(pk__in=ids):
        for _ in range(7):
            dispatch.start(job)
    platform.worker()
    platform.worker()
    took = wait_for(ids)
    with redis.Redis.from_url(platform.redis.url()) as broker:
        wait_until("all messages are read", lambda: broker.llen("default") == 0)
    time.sleep(1)
    return verdict({**effects(ids), "messages": 1600, "seconds": round(took, 1)})


def flush_redis(platform: Platform) -> Figures:
    """FLUSHALL with 500 jobs waiting and a worker in the middle of them."""
    ids = enqueue(500, seconds=0.02)
    platform.worker()
    wait_until("some are done", lambda: count(ids, state=Job.State.SUCCEEDED) >= 20)
    with redis.Redis.from_url(platform.redis.url()) as broker:
        forgotten = broker.llen("default")
        broker.flushall()
    took = wait_for(ids, patience=90)
    figures = {**effects(ids), "messages_forgotten": forgotten, "seconds_until_all_done": round(took, 1)}
    return verdict(figures, ok=forgotten > 100)


def stop_redis(platform: Platform) -> Figures:
    """Redis is killed; requests go on enqueueing and are not slowed; it comes back empty."""
    platform.worker()
    ids = enqueue(20)
    wait_for(ids)
    platform.redis.stop(keep=False)
    slowest = 0.0
    for _ in range(100):
        begin = time.monotonic()
        ids += enqueue(1)
        slowest = max(slowest, time.monotonic() - begin)
    time.sleep(5)
    platform.start_redis()
    took = wait_for(ids)
    figures = {**effects(ids), "slowest_enqueue_ms": round(slowest * 1000), "seconds_until_all_done": round(took, 1)}
    return verdict(figures, ok=slowest < 1)


def stop_postgresql(platform: Platform) -> Figures:
    """PostgreSQL dies at once (SIGQUIT) with jobs waiting and running, stays away for ten seconds and comes back."""
    platform.worker()
    ids = enqueue(300, seconds=0.05)
    wait_until("some are done", lambda: count(ids, state=Job.State.SUCCEEDED) >= 20)
    platform.postgresql.stop(keep=False)
    connection.close()
    time.sleep(10)
    platform.start_postgresql()
    took = wait_for(ids, patience=90)
    again = count(ids, attempts__gt=1)
    return verdict({**effects(ids), "interrupted": again, "seconds_until_all_done": round(took, 1)})


def two_beats(platform: Platform) -> Figures:
    """Two beats with an entry every two seconds; one is killed half-way. Each due time gives one job."""
    platform.worker()
    first = platform.beat()
    platform.beat()
    wait_until("the first regular job", lambda: Job.objects.filter(args={"mark": "regular"}).exists())
    due_before, made_before = _regular()
    time.sleep(8)
    platform.kill(first)
    time.sleep(8)
    due, made = _regular()
    platform.stop_workers()
    platform.worker()
    ids = list(Job.objects.filter(args={"mark": "regular"}).values_list("pk", flat=True))
    wait_for(ids)
    times = round((due - due_before) / REGULAR_EVERY)
    # A beat that the machine holds up makes up for several times with one job; more jobs than times would be doubles.
    figures = {**effects(ids), "due_times": times, "jobs_for_them": made - made_before}
    return verdict(figures, ok=times >= 6 and times // 2 <= made - made_before <= times)


def _regular() -> tuple[datetime, int]:
    """Return when the regular job was last due and how many were made, as of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due_at, (SELECT count(*) FROM core_job WHERE args = %s) FROM core_schedule WHERE name = %s",
            ['{"mark": "regular"}', "drill-regular"],
        )
        due, made = cursor.fetchone()
    return due, made


def measure(platform: Platform) -> Figures:
    """Nothing is broken: what a job costs, and how many a worker with two processes does in a second."""
    times = []
    for _ in range(200):
        begin = time.perf_counter()
        ids = enqueue(1)
        times.append((time.perf_counter() - begin) * 1000)
    ids = enqueue(1000)
    platform.worker()
    wait_until("the first is done", lambda: count(ids, state=Job.State.SUCCEEDED) > 0)
    took = wait_for(ids)
    times.sort()
    costs = {"enqueue_ms_median": round(times[100], 1), "enqueue_ms_p95": round(times[190], 1)}
    return verdict({**effects(ids), **costs, "jobs_per_second": round(len(ids) / took)})


SCENARIOS: dict[str, Callable[[Platform], Figures]] = {
    scenario.__name__.replace("_", "-"): scenario
    for scenario in (
        kill_worker,
        kill_once,
        kill_child,
        freeze_worker,
        deliver_eight_times,
        flush_redis,
        stop_redis,
        stop_postgresql,
        two_beats,
        measure,
    )
}
assert os.name == "posix", "the drill stops processes with signals"  # noqa: S101 - says it before anything starts

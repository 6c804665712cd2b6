"""The five incidents. Each returns its figures; ``ok`` says that the alert fired, that its runbook named the cause and
mended it, and that the alert cleared."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from django.db import connection, transaction

from apps.core import jobs
from apps.core.models import Job
from drills.incidents.alarm import Alarm
from drills.incidents.site import Site
from drills.jobs.platform import wait_until

Figures = dict[str, Any]
LEAK = """
import os, sys, time, psycopg
held = []
while True:
    try:
        line = psycopg.connect(host=os.environ["DB_HOST"], port=os.environ["DB_PORT"], user=os.environ["DB_USER"],
                               password=os.environ["DB_PASSWORD"], dbname=os.environ["DB_NAME"],
                               application_name="leaky-program", autocommit=len(held) % 2 == 0)
        line.execute("SELECT 1")
        held.append(line)
    except psycopg.OperationalError:
        print(len(held), flush=True)
        time.sleep(1)
"""


def enqueue(name: str, *, queue: str = "default") -> Job:
    with transaction.atomic():
        return jobs.enqueue(name, _queue=queue)


def state(job: Job) -> str:
    job.refresh_from_db()
    return str(job.state)


def texts(outcome: Figures) -> str:
    return " ".join(finding["text"] for finding in outcome["findings"])


def busy_loop(site: Site) -> Figures:
    """Jobs that spin: high-cpu samples them, names the line and the jobs, stops them; the worker does other work."""
    alarm = Alarm(site, "HighCpu")
    # Two for each core: other work of this machine must not get so much that the alert looks away.
    number = 2 * (os.cpu_count() or 1)
    worker = site.platform.worker(concurrency=number)
    spinning = [enqueue("drill.spin") for _ in range(number)]
    wait_until("the jobs run", lambda: all(state(job) == Job.State.RUNNING for job in spinning))
    processes = [psutil.Process(int(Job.objects.get(pk=job.pk).worker.rpartition(":")[2])) for job in spinning]
    alarm.wait_firing()
    outcome = alarm.runbook("--fix", "--older-than", "3")
    after = enqueue("drill.do_nothing")
    waited = wait_until("another job runs", lambda: state(after) == Job.State.SUCCEEDED)
    quiet = all(not process.is_running() or process.cpu_percent(1.0) < 10 for process in processes)
    named = all(f"job {job.pk}, drill.spin" in texts(outcome) for job in spinning) and "spin (" in texts(outcome)
    stopped = all(state(job) == Job.State.FAILED for job in spinning)
    site.platform.kill(worker)
    cause = next((part for part in re.split(r"(?<=\.) ", texts(outcome)) if "drill.spin" in part), outcome["cause"])
    return alarm.told(ok=named and stopped and quiet, cause=cause, next_job_after=round(waited, 1))


def no_connections(site: Site) -> Figures:
    """A program that takes every connection: database-connections names it and ends what it holds for nothing."""
    alarm = Alarm(site, "DatabaseConnectionsHigh")
    down = Alarm(site, "DatabaseDown")
    before = site.status("/readyz")
    connection.close()  # ours must not be the one that is left
    leak = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", LEAK], env=site.platform.environment, stdout=subprocess.PIPE, text=True
    )
    held = int((leak.stdout.readline() if leak.stdout else "0") or 0)
    try:
        alarm.wait_firing()
        down.wait_firing()
        during = site.status("/readyz")
        first = down.runbook()
        leak.send_signal(signal.SIGSTOP)  # else it would take again what it loses
        outcome = alarm.runbook("--fix", "--older-than", "2")
    finally:
        leak.kill()
        leak.wait()
    seconds = wait_until("pages answer again", lambda: site.status("/readyz") == 200)
    down.wait_cleared()
    led = "connections" in first["cause"] and "manage.py runbook database-connections --fix" in first["advice"]
    return alarm.told(
        ok=before == 200 and during == 503 and led and "leaky-program" in texts(outcome) and outcome["exit"] == 0,
        done=[f"{len(outcome['done'])} sessions of leaky-program ended"],
        undo=sorted(set(outcome["undo"])),
        held=held,
        alert_DatabaseDown=f"fired, and its runbook led here: {first['cause']}",
        ready_before_during=[before, during],
        ready_again_after=round(seconds, 1),
    )


def stuck_worker(site: Site) -> Figures:
    """A job that never ends keeps the only process: worker-stuck stops it, and those behind it run."""
    alarm = Alarm(site, "QueueOld", queue="critical")
    worker = site.platform.worker(concurrency=1)
    stuck = enqueue("drill.hang", queue="critical")
    wait_until("the job runs", lambda: state(stuck) == Job.State.RUNNING)
    behind = [enqueue("drill.do_nothing", queue="critical") for _ in range(5)]
    alarm.wait_firing()
    outcome = alarm.runbook("--fix", "--older-than", "30")
    seconds = wait_until("those behind it run", lambda: all(state(job) == Job.State.SUCCEEDED for job in behind))
    alarm.wait_cleared()
    undone = site.manage("jobs", "requeue", str(stuck.pk)).returncode == 0
    site.platform.kill(worker)
    named = f"Job {stuck.pk} (drill.hang)" in texts(outcome)
    Job.objects.filter(pk=stuck.pk).delete()
    return alarm.told(ok=named and undone and outcome["exit"] == 0, behind_done_after=round(seconds, 1))


def frozen_worker(site: Site) -> Figures:
    """A worker that is stopped by a signal: worker-stuck lets it go on."""
    alarm = Alarm(site, "WorkerStuck")
    worker = site.platform.worker(concurrency=1)
    site.platform.kill(worker, signal.SIGSTOP)
    waiting = enqueue("drill.do_nothing")
    alarm.wait_firing()
    outcome = alarm.runbook("--fix", "--older-than", "30")
    seconds = wait_until("the job runs", lambda: state(waiting) == Job.State.SUCCEEDED)
    alarm.wait_cleared()
    site.platform.kill(worker)
    return alarm.told(ok="is frozen" in texts(outcome), job_done_after=round(seconds, 1))


def full_disk(site: Site) -> Figures:
    """A small disk that old logs have filled: disk-full lists what may go, deletes it, keeps the rest."""
    if site.no_disk:
        return {"ok": False, "error": f"a small disk cannot be mounted here: {site.no_disk}"}
    alarm = Alarm(site, "DiskFillingUp", place="logs")
    before = site.status("/readyz")
    (site.logs / "base.dump").write_bytes(b"a backup that somebody put here\n")
    old = [site.logs / f"django.log.{number}" for number in range(1, 5)]
    for path in old:
        _fill(path, 100)
    old.append(site.logs / "celery.log.1")
    _fill(old[-1], 512)
    alarm.wait_firing()
    during = [site.status("/readyz"), site.status("/about/")]
    listed = site.runbook("DiskFillingUp")
    kept_by_look = all(path.exists() for path in old)
    outcome = alarm.runbook("--fix")
    left = sorted(path.name for path in site.logs.iterdir())
    seconds = wait_until("the site is ready again", lambda: site.status("/readyz") == 200)
    return alarm.told(
        ok=listed["exit"] == 1
        and kept_by_look
        and (before, *during) == (200, 503, 200)
        and "base.dump" in left
        and not any(path.exists() for path in old)
        and outcome["exit"] == 0,
        left=left,
        ready_and_page_meanwhile=during,
        ready_again_after=round(seconds, 1),
    )


def _fill(path: Path, megabytes: int) -> None:
    """Write until the file is large enough or the disk is full."""
    try:
        with path.open("wb") as file:
            for _ in range(megabytes):
                file.write(os.urandom(1024**2))
    except OSError:
        return


def missing_static_files(site: Site) -> Figures:
    """Style sheets that are gone: static-files says which, collects them again, and the page gets its style."""
    alarm = Alarm(site, "StaticFilesMissing")
    sheets = [path for path in site.static.rglob("*.css") if re.search(r"\.[0-9a-f]{12}\.css$", path.name)]
    for sheet in sheets:
        sheet.unlink()
    alarm.wait_firing()
    asked = [f"/static/{sheet.relative_to(site.static)}" for sheet in sheets[:3]]
    during = [site.status(address) for address in asked]
    outcome = alarm.runbook("--fix")
    back = all(sheet.exists() for sheet in sheets)
    after = [site.status(address) for address in asked]
    return alarm.told(
        ok="are missing" in outcome["cause"]
        and back
        and (set(during), set(after)) == ({404}, {200})
        and outcome["exit"] == 0,
        deleted=len(sheets),
        answers_during_after=[during, after],
    )


SCENARIOS: dict[str, Callable[[Site], Figures]] = {
    "busy-loop": busy_loop,
    "no-connections": no_connections,
    "stuck-worker": stuck_worker,
    "frozen-worker": frozen_worker,
    "full-disk": full_disk,
    "missing-static-files": missing_static_files,
}

"""The five incidents. Each returns its figures; ``ok`` says that the cause was named, mended, and stayed mended."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from django.db import connection, transaction

from apps.core import jobs
from apps.core.models import Job
from drills.incidents.site import Site
from drills.jobs.platform import wait_until

Figures = dict[str, Any]
LEAK = """
import os, sys, time, psycopg
held = []
try:
    while True:
        line = psycopg.connect(host=os.environ["DB_HOST"], port=os.environ["DB_PORT"], user=os.environ["DB_USER"],
                               password=os.environ["DB_PASSWORD"], dbname=os.environ["DB_NAME"],
                               application_name="leaky-program", autocommit=len(held) % 2 == 0)
        line.execute("SELECT 1")
        held.append(line)
except psycopg.OperationalError:
    print(len(held), flush=True)
time.sleep(600)
"""


def enqueue(name: str, *, queue: str = "default") -> Job:
    with transaction.atomic():
        return jobs.enqueue(name, _queue=queue)


def state(job: Job) -> str:
    job.refresh_from_db()
    return str(job.state)


def told(outcome: Figures, **more: Any) -> Figures:
    """Return what a run of ``--fix`` came to, for the table at the end."""
    return {
        "cause": outcome["cause"],
        "done": outcome["done"],
        "undo": outcome["undo"],
        "exit": outcome["exit"],
        "seconds": outcome["seconds"],
        "still wrong": [each["text"] for each in outcome["after"] or [] if each["level"] == "wrong"],
        **more,
    }


def busy_loop(site: Site) -> Figures:
    """A job that spins: high-cpu samples it, names the line and the job, stops it; the worker does other work."""
    worker = site.platform.worker(concurrency=2)
    job = enqueue("drill.spin")
    wait_until("the job runs", lambda: state(job) == Job.State.RUNNING)
    spinning = psutil.Process(int(Job.objects.get(pk=job.pk).worker.rpartition(":")[2]))
    time.sleep(4)
    outcome = site.runbook("high-cpu", "--fix", "--older-than", "3")
    causes = " ".join(finding["text"] for finding in outcome["findings"])
    after = enqueue("drill.do_nothing")
    waited = wait_until("another job runs", lambda: state(after) == Job.State.SUCCEEDED)
    quiet = not spinning.is_running() or spinning.cpu_percent(1.0) < 10
    named = f"job {job.pk}, drill.spin" in causes and "spin (" in causes
    site.platform.kill(worker)
    return told(
        outcome,
        ok=named and state(job) == Job.State.FAILED and quiet,
        cause=next((part for part in re.split(r"(?<=\.) ", causes) if "drill.spin" in part), outcome["cause"]),
        next_job_after=round(waited, 1),
    )


def no_connections(site: Site) -> Figures:
    """A program that takes every connection: database-connections names it and ends what it holds for nothing."""
    if site.web is None:
        site.start_web()
    before = site.status("/readyz")
    leak = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", LEAK], env=site.platform.environment, stdout=subprocess.PIPE, text=True
    )
    held = int((leak.stdout.readline() if leak.stdout else "0") or 0)
    connection.close()
    time.sleep(3)  # the answer before is kept for a second
    during = site.status("/readyz")
    outcome = site.runbook("database-connections", "--fix", "--older-than", "2")
    leak.kill()
    leak.wait()
    seconds = wait_until("pages answer again", lambda: site.status("/readyz") == 200)
    texts = " ".join(finding["text"] for finding in outcome["findings"])
    return told(
        outcome,
        ok=before == 200 and during == 503 and "leaky-program" in texts and outcome["exit"] == 0,
        done=[f"{len(outcome['done'])} sessions of leaky-program ended"],
        held=held,
        ready_before_during=[before, during],
        ready_again_after=round(seconds, 1),
    )


def stuck_worker(site: Site) -> Figures:
    """A job that never ends keeps the only process: worker-stuck stops it, and those behind it run."""
    worker = site.platform.worker(concurrency=1)
    stuck = enqueue("drill.hang")
    wait_until("the job runs", lambda: state(stuck) == Job.State.RUNNING)
    behind = [enqueue("drill.do_nothing") for _ in range(5)]
    time.sleep(4)
    outcome = site.runbook("worker-stuck", "--fix", "--older-than", "3")
    seconds = wait_until("those behind it run", lambda: all(state(job) == Job.State.SUCCEEDED for job in behind))
    undone = site.manage("jobs", "requeue", str(stuck.pk)).returncode == 0
    site.platform.kill(worker)
    named = any(f"Job {stuck.pk} (drill.hang)" in finding["text"] for finding in outcome["findings"])
    Job.objects.filter(pk=stuck.pk).delete()
    return told(outcome, ok=named and undone and outcome["exit"] == 0, behind_done_after=round(seconds, 1))


def frozen_worker(site: Site) -> Figures:
    """A worker that is stopped by a signal: worker-stuck lets it go on."""
    worker = site.platform.worker(concurrency=1)
    site.platform.kill(worker, signal.SIGSTOP)
    waiting = enqueue("drill.do_nothing")
    outcome = site.runbook("worker-stuck", "--fix", "--older-than", "30")
    seconds = wait_until("the job runs", lambda: state(waiting) == Job.State.SUCCEEDED)
    site.platform.kill(worker)
    named = any("is frozen" in finding["text"] for finding in outcome["findings"])
    return told(outcome, ok=named, job_done_after=round(seconds, 1))


def full_disk(site: Site) -> Figures:
    """A disk of 64 MB that old logs have filled: disk-full lists what may go, deletes it, keeps the rest."""
    logs = site.folder / "logs"
    logs.mkdir(exist_ok=True)
    mounted = subprocess.run(  # noqa: S603 - our own words
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(logs)],  # noqa: S607 - the machine's own program
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        return {"ok": False, "error": f"a small disk cannot be mounted here: {mounted.stderr.strip()}"}
    site.platform.environment["LOG_DIR"] = str(logs)
    (logs / "django.log").write_bytes(b"running\n")
    (logs / "base.dump").write_bytes(b"a backup that somebody put here\n")
    for number in range(1, 5):
        _fill(logs / f"django.log.{number}", 14)
    _fill(logs / "celery.log.1", 64)
    listed = site.runbook("disk-full")
    kept_by_look = len(list(logs.iterdir()))
    outcome = site.runbook("disk-full", "--fix")
    left = sorted(path.name for path in logs.iterdir())
    del site.platform.environment["LOG_DIR"]
    return told(
        outcome,
        ok=listed["exit"] == 1
        and kept_by_look == 7
        and {"base.dump", "django.log"} <= set(left)
        and not any(re.search(r"\.log\.\d", name) for name in left)
        and outcome["exit"] == 0,
        left=left,
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
    collected = site.manage("collectstatic", "--noinput", "-v0")
    if collected.returncode:
        return {"ok": False, "error": collected.stderr[-300:]}
    if site.web is not None:
        site.web.terminate()
        site.web.wait()
    site.start_web()
    sheets = [path for path in site.static.rglob("*.css") if re.search(r"\.[0-9a-f]{12}\.css$", path.name)]
    asked = [sheet for sheet in sheets if site.status(f"/static/{sheet.relative_to(site.static)}") == 200]
    for sheet in asked:
        sheet.unlink()
    during = [site.status(f"/static/{sheet.relative_to(site.static)}") for sheet in asked[:3]]
    outcome = site.runbook("static-files", "--fix")
    back = all(sheet.exists() for sheet in asked)
    after = [site.status(f"/static/{sheet.relative_to(site.static)}") for sheet in asked[:3]]
    return told(
        outcome,
        ok="are missing" in outcome["cause"] and back and set(after) == {200} and outcome["exit"] == 0,
        deleted=len(asked),
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

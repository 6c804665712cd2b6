"""What is driven, and what is broken meanwhile."""

import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import connection

from apps.core.models import Job
from drills.jobs.platform import wait_until
from drills.jobs.scenarios import enqueue
from drills.metrics.site import Site

PATHS = ("/about/", "/about/", "/no/such/page")
KILLS = 10
SCRAPED = 3.0  # seconds until Prometheus has surely seen the last of it


class Killer:
    """Kills -9 a worker of Gunicorn and a process of Celery after each tenth of what is driven.

    By what was done and not by the clock: on a slow machine a new worker needs longer than the next kill would wait.
    """

    def __init__(self, site: Site, worker: int, *, total: int) -> None:
        self.site, self.worker = site, worker
        self.every = max(total // KILLS, 1)
        self.killed: Counter[str] = Counter()
        self._done = 0
        self._lock = threading.Lock()

    def note(self) -> None:
        """Something was answered."""
        with self._lock:
            self._done += 1
            due = self._done % self.every == 0
        if due:
            for name, parent in (("gunicorn", self.site.web.pid), ("celery", self.worker)):
                with suppress(OSError, IndexError):
                    os.kill(random.choice(self.site.children(parent)), signal.SIGKILL)  # noqa: S311 - picks a victim
                    self.killed[name] += 1


def ask(port: int, path: str) -> int:
    """Return the status; 0 when the server was killed before it had answered."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return answer.status
    finally:
        line.close()


def drive(site: Site, *, requests: int, jobs: int) -> dict[str, Any]:
    """Drive requests at both servers and jobs through the worker, and compare with what Prometheus has seen."""
    worker = site.worker(concurrency=2)
    killer = Killer(site, worker.pid, total=requests)
    began = time.monotonic()
    ids = enqueue(jobs)

    def request(number: int) -> int:
        # Each fourth goes to Daphne, which nobody kills.
        status = ask(site.ports["gunicorn" if number % 4 else "daphne"], PATHS[number % len(PATHS)])
        killer.note()
        return status

    with ThreadPoolExecutor(4) as visitors:
        answered = Counter(visitors.map(request, range(requests)))
    seconds = time.monotonic() - began
    succeeded = Job.objects.filter(pk__in=ids, state="succeeded")
    wait_until(f"{jobs} jobs have succeeded", lambda: succeeded.count() == jobs, patience=300)
    connection.close()
    time.sleep(SCRAPED)
    unanswered = answered.pop(0, 0)
    counted = {status: site.prometheus.query(f'http_requests_total{{status="{status}"}}') for status in answered}
    extra = sum(counted.values()) - answered.total()
    jobs_counted = site.prometheus.query('deltacrown_jobs_total{outcome="succeeded", task="drill.leave_mark"}')
    return {
        "requests_answered": answered.total(),
        "requests_counted": int(sum(counted.values())),
        "requests_without_answer": unanswered,
        "jobs_succeeded": jobs,
        "jobs_counted": int(jobs_counted),
        "killed": dict(killer.killed),
        "scrapes": int(site.prometheus.query("count_over_time(up[1h])")),
        "scrapes_failed": int(site.prometheus.query("count_over_time(up[1h]) - sum_over_time(up[1h])")),
        "seconds_of_requests": round(seconds, 1),
        "files_left": len(list((site.folder / "metrics").glob("*.counts"))),
        # A process that is killed between counting and answering (or after the commit, before counting) is off by one.
        "ok": all(counted[status] >= number for status, number in answered.items())
        and 0 <= extra <= unanswered
        and abs(jobs_counted - jobs) <= killer.killed["celery"]
        and killer.killed["gunicorn"] > 0,
    }

"""One fault of one dependency: what page, form and upload answer, what the health addresses say, what comes after."""

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import Error, connection, transaction

from apps.core import jobs
from apps.core.models import Job
from drills.dependencies.promises import CLOSED, LIMIT, OK, PROMISED, RED_SHARE, RED_WITHIN, STORED, WATCHED
from drills.dependencies.proxy import PASS, SLOW
from drills.dependencies.site import Site
from drills.jobs.platform import wait_until


@dataclass
class Cell:
    """What was measured of one fault."""

    dependency: str
    fault: str
    statuses: dict[str, list[int]] = field(default_factory=dict)
    slowest: float = 0.0
    red_after: float | None = None
    red_share: float = 0.0
    live: bool = True
    recovered_after: float | None = None
    effect: str = ""
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.wrong

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.ok}


class _Watch(threading.Thread):
    """Asks the health addresses all the while. ``name`` is what /readyz calls the dependency; empty for none."""

    def __init__(self, site: Site, name: str) -> None:
        super().__init__(daemon=True)
        self.site, self.name, self.live = site, name, True
        self.red_after: float | None = None
        self.looks: list[bool] = []
        self._stop_it = threading.Event()
        self._began = time.monotonic()

    def run(self) -> None:
        while not self._stop_it.wait(0.3):
            status, _, content, _ = self.site.ask("GET", "/readyz")
            red = status == 503 and (not self.name or self.name in json.loads(content)["failing"])
            self.looks.append(red)
            if red and self.red_after is None:
                self.red_after = time.monotonic() - self._began
            self.live &= self.site.ask("GET", "/healthz")[0] == 200

    @property
    def red_share(self) -> float:
        return sum(self.looks) / max(len(self.looks), 1)

    def end(self) -> None:
        self._stop_it.set()
        self.join(15)


def measure(site: Site, dependency: str, fault: str) -> Cell:
    """Bring the fault about, look, take it away, and see that all comes back."""
    cell = Cell(dependency, fault)
    forms = [site.prepare("/accounts/password/reset/") for _ in range(2)]
    picture = site.prepare("/me/pictures/", site.cookie)
    effect = _enqueue_effect(dependency)
    site.lines[dependency].set(fault)
    watch = _Watch(site, PROMISED[dependency][3])
    watch.start()
    began = time.monotonic()
    asked: list[tuple[str, Callable[[], tuple[int, float]]]] = [
        ("page", site.page),
        ("page", site.page),
        ("page", site.page),
        ("form", lambda: site.write(forms[0])),
        ("form", lambda: site.write(forms[1])),
        ("upload", lambda: site.upload(picture)),
    ]
    _ask_all(cell, asked)
    time.sleep(max(0.0, WATCHED - (time.monotonic() - began)))
    watch.end()
    cell.red_after, cell.red_share, cell.live = watch.red_after, round(watch.red_share, 2), watch.live
    site.lines[dependency].set(PASS)
    _see_it_come_back(site, cell)
    cell.effect = _effect(site, effect)
    _judge(cell)
    return cell


def _ask_all(cell: Cell, asked: list[tuple[str, Callable[[], tuple[int, float]]]]) -> None:
    """Ask all at once, as visitors do."""

    def ask(what: str, call: Callable[[], tuple[int, float]]) -> None:
        status, seconds = call()
        cell.statuses.setdefault(what, []).append(status)
        cell.slowest = max(cell.slowest, seconds)

    threads = [threading.Thread(target=ask, args=each) for each in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _see_it_come_back(site: Site, cell: Cell) -> None:
    began = time.monotonic()
    try:
        wait_until("all answers again", lambda: site.ask("GET", "/readyz")[0] == 200 and _all_processes_serve(site))
    except TimeoutError:
        return
    cell.recovered_after = time.monotonic() - began


def _all_processes_serve(site: Site) -> bool:
    """Ask so often that no process of the web server is left out."""
    return all(site.page()[0] == 200 for _ in range(8))


def _enqueue_effect(dependency: str) -> Job | None:
    """Enqueue, just before the fault, what needs the dependency."""
    names = {
        "smtp": "drill.mail",
        "discord": "drill.tell_discord",
        "broker": "drill.nothing",
        "postgresql": "drill.nothing",
    }
    if dependency not in names:
        return None
    name = names[dependency]
    more = {} if name == "drill.nothing" else {"mark": f"mark{time.time_ns()}"}
    with transaction.atomic():
        return jobs.enqueue(name, **more)


def _effect(site: Site, job: Job | None) -> str:
    """Wait for the job's end and count what came of it outside."""
    if job is None:
        return ""

    def ended() -> bool:
        with contextlib.suppress(Error):
            job.refresh_from_db()
            return job.state in (Job.State.SUCCEEDED, Job.State.FAILED)
        connection.close()
        return False

    began = time.monotonic()
    try:
        wait_until("the job ends", ended, patience=90)
    except TimeoutError:
        return "not done"
    told = f"{job.state} {time.monotonic() - began:.0f} s after"
    if "mark" in job.args:
        mark = str(job.args["mark"])
        mails = sum(mark in str(mail["To"]) for mail in site.mail.mails)
        messages = sum(got["content"] == mark for got in site.discord.got)
        told += f", {max(mails, messages)} × arrived" + (", unclear" if job.result == "unclear" else "")
    return told


def _judge(cell: Cell) -> None:
    page, form, upload, red = PROMISED[cell.dependency]
    for what, promised in (("page", page), ("form", form), ("upload", upload)):
        done = STORED if what == "upload" else OK
        allowed = promised | (done if cell.fault == SLOW and promised == CLOSED else set())
        if unwanted := set(cell.statuses.get(what, [])) - allowed:
            cell.wrong.append(f"{what} answered {sorted(unwanted)}")
    if cell.slowest > LIMIT:
        cell.wrong.append(f"a request took {cell.slowest:.1f} s")
    if not cell.live:
        cell.wrong.append("liveness failed")
    if red and (cell.red_after is None or cell.red_after > RED_WITHIN):
        cell.wrong.append("readiness was not red in time")
    if not red and cell.red_share > RED_SHARE:
        cell.wrong.append("readiness was red")
    elif not red:
        cell.red_after = None
    if cell.recovered_after is None:
        cell.wrong.append("it did not come back within a minute")
    if cell.effect.startswith(("not done", "failed")) or _is_lost_or_doubled(cell.effect):
        cell.wrong.append(f"the job: {cell.effect}")


def _is_lost_or_doubled(effect: str) -> bool:
    """Whether something arrived more than once, or not at all without anybody saying so."""
    if "× arrived" not in effect:
        return False
    count = int(effect.partition(", ")[2].partition(" ")[0])
    return count > 1 or (count == 0 and "unclear" not in effect)

"""Releases back and forth under visitors, open pages and running jobs; then everything is counted."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from drills.deploy.ground import Ground, since
from drills.deploy.traffic import BEAT_SECONDS, Counts, Page, visitor

VISITORS = 40
ADDRESSES = ("/", "/accounts/login/", "/teams/", "/healthz")
STATIC_FOR_EACH = 4  # a browser that keeps style sheets asks for few; one in five requests needs Python
CALM_SECONDS = 20.0
QUIET_SECONDS = 180.0
Figures = dict[str, Any]


def prepare(ground: Ground) -> Figures:
    """Install and release once, unless an earlier portion of the drill has."""
    if ground.is_installed():
        return {}
    old = ground.with_task("", queue="critical", seconds=0.4, base="main", branch="old")
    began = time.monotonic()
    ground.install()
    installed = since(began)
    began = time.monotonic()
    ground.deploy("release", old)
    return {"install_seconds": installed, "first_release_seconds": since(began)}


def drill(ground: Ground, *, releases: int, per_second: float, sockets: int) -> Figures:
    """Install, release once, then ``releases`` times more, every one after the first as a rollback, under load."""
    prepared = prepare(ground)
    ground.deploy("release", "old")  # another portion may have left another one
    new = ground.with_task("_new", queue="default", seconds=0.5, base="old", branch="new")
    return {**prepared, **asyncio.run(_under_load(ground, new, releases, per_second, sockets))}


async def _under_load(ground: Ground, new: str, releases: int, per_second: float, sockets: int) -> Figures:
    feeder = _feeder(ground)
    people: dict[str, str] = json.loads(await asyncio.to_thread(feeder.stdout.readline))
    pages = [
        Page(ground.https, int(user), session) for user, session in list(people.items()) * (sockets // len(people))
    ]
    counts, end = Counts(), asyncio.Event()
    addresses = [*ADDRESSES, *_static_addresses(ground, share=len(ADDRESSES) * STATIC_FOR_EACH)]
    tasks = [asyncio.create_task(page.live(end)) for page in pages]
    while any(page.first is None for page in pages):
        await asyncio.sleep(0.1)
    feeder.stdin.write("go\n")
    feeder.stdin.flush()
    pace = per_second / VISITORS
    tasks += [asyncio.create_task(visitor(ground.https, addresses, counts, end, pace)) for _ in range(VISITORS)]
    await asyncio.sleep(CALM_SECONDS)
    calm = counts.figures(CALM_SECONDS)
    report(f"before: {calm}")
    counts.begin_again()
    began = time.monotonic()
    seconds = {"release": [], "rollback": [], "rollback_until_visitors": []}
    for number in range(releases):
        await asyncio.to_thread(_one, ground, new, seconds, rollback=number > 0)
        report(f"{number + 1}/{releases} {ground.status()['live']}: {sum(counts.statuses.values())} requests")
    loaded = time.monotonic() - began
    http = counts.figures(loaded)
    counted = json.loads((await asyncio.to_thread(feeder.communicate, "end\n"))[0].strip().splitlines()[-1])
    if ground.status()["colours"][ground.status()["live"]]["release"] != new:
        await asyncio.to_thread(_one, ground, new, seconds, rollback=True)  # it has jobs that only it knows
    await asyncio.to_thread(_let_jobs_end, ground)
    await _let_pages_catch_up(ground, pages)
    end.set()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "before": calm,
        "http": http,
        "load_average": os.getloadavg(),
        "jobs": _jobs(ground, counted),
        "sockets": {"told": counted["told"], **_sockets(ground, pages)},
        "seconds": seconds,
    }


def _one(ground: Ground, new: str, seconds: dict[str, list[float]], *, rollback: bool) -> None:
    began = time.monotonic()
    if not rollback:
        ground.deploy("release", new)
        seconds["release"].append(round(time.monotonic() - began, 1))
        return
    told = ground.deploy("rollback")
    seconds["rollback"].append(round(time.monotonic() - began, 1))
    until = next(line for line in told.splitlines() if "again after" in line)
    seconds["rollback_until_visitors"].append(float(until.split("after ")[1].split()[0]))


def _feeder(ground: Ground) -> subprocess.Popen[str]:
    release = (ground.base / "live-release").resolve()
    return subprocess.Popen(  # noqa: S603 - our own words
        [str(release / ".venv/bin/python"), "-W", "ignore", "-m", "drills.deploy.feeder"],
        cwd=release,
        env={
            "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
            "PATH": "/usr/bin:/bin",
            "LOG_LEVEL": "ERROR",
            "LOG_DIR": "",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _static_addresses(ground: Ground, *, share: int) -> list[str]:
    found = sorted((ground.base / "static").rglob("*.*.css"))
    return [f"/static/{path.relative_to(ground.base / 'static')}" for path in found[:share]]


def _let_jobs_end(ground: Ground) -> None:
    until = time.monotonic() + QUIET_SECONDS
    waiting = "SELECT count(*) FROM core_job WHERE state IN ('queued', 'running') AND run_at < now() + interval '5 min'"
    while ground.psql(waiting) != "0" and time.monotonic() < until:
        time.sleep(1)


async def _let_pages_catch_up(ground: Ground, pages: list[Page]) -> None:
    sql = "SELECT recipient_id, max(id) FROM notifications_notification WHERE in_app GROUP BY 1"
    newest = dict(line.split("|") for line in (await asyncio.to_thread(ground.psql, sql)).split())
    until = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < until and any((page.last or 0) < int(newest[str(page.user_id)]) for page in pages):
        await asyncio.sleep(1)
    await asyncio.sleep(BEAT_SECONDS * 1.25 + 5)  # each asks once more


def _jobs(ground: Ground, counted: dict[str, int]) -> Figures:
    def ask(kind: str) -> tuple[int, int]:
        sql = f"SELECT count(*), count(DISTINCT number) FROM drill_effects WHERE kind = '{kind}'"  # noqa: S608 - our own words
        both = ground.psql(sql).split("|")
        return int(both[0]), int(both[1])

    effects, distinct = ask("")
    effects_new, distinct_new = ask("_new")
    wanted = counted["jobs"] + counted["jobs_of_one_release"]
    return {
        "enqueued": wanted,
        "lost": wanted - distinct - distinct_new,
        "doubled": effects + effects_new - distinct - distinct_new,
        "of_the_newer_release_only": counted["jobs_of_one_release"],
        "failed": int(ground.psql("SELECT count(*) FROM core_job WHERE state = 'failed'")),
    }


def _sockets(ground: Ground, pages: list[Page]) -> Figures:
    lost = messages = 0
    for page in pages:
        whose = f"recipient_id = {page.user_id} AND id > {page.first} AND in_app"
        sql = f"SELECT id FROM notifications_notification WHERE {whose}"  # noqa: S608 - numbers
        there = {int(line) for line in ground.psql(sql).split()}
        messages += len(there)
        lost += len(there - page.known)
    away = sorted(value for page in pages for value in page.away)
    return {
        "sockets": len(pages),
        "messages": messages,
        "lost": lost,
        "said_again_and_dropped": sum(page.repeated for page in pages),
        "closes": dict(sorted(sum((page.returns for page in pages), Counter()).items())),
        "lines_not_opened_or_broken": dict(sum((page.refused for page in pages), Counter())),
        "away_seconds_median": round(away[len(away) // 2], 2) if away else None,
        "away_seconds_longest": round(away[-1], 2) if away else None,
    }


def report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - how far it is


def is_good(figures: Figures) -> bool:
    http, jobs, sockets = figures["http"], figures["jobs"], figures["sockets"]
    all_were_told = sockets["messages"] == sockets["told"] * sockets["sockets"]
    return all_were_told and not any(
        (http["5xx"], http["connection_errors"], jobs["lost"], jobs["doubled"], jobs["failed"], sockets["lost"])
    )


def save(path: Path, figures: Figures) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")

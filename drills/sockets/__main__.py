"""``python -m drills.sockets [--busy 500] [--idle 2000]``: prints figures last, exits 1 when a message was lost."""

import argparse
import asyncio
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from drills.jobs.platform import ROOT
from drills.notifications.site import Site

OPENING_AT_ONCE = 20
IDLE_SECONDS = 60.0
PATIENCE = 180.0
MEGABYTE = 1024.0


async def open_all(port: int, sessions: list[str]) -> list[Any]:
    """Open a page for each session, a few at a time."""
    from drills.sockets.client import Page

    gate = asyncio.Semaphore(OPENING_AT_ONCE)
    pages = [Page(port, session) for session in sessions]

    async def open_one(page: Page) -> None:
        async with gate:
            await page.open()

    await asyncio.gather(*(open_one(page) for page in pages))
    return pages


async def broadcast(port: int, people: dict[int, str], rounds: int) -> dict[str, Any]:
    """Everybody has the page open and is told the same at once, again and again. Milliseconds from each commit to each
    page; the first round apart, because nothing is warm there.
    """
    from drills.sockets.telling import tell

    pages = await open_all(port, list(people.values()))
    first: list[float] = []
    waits: list[float] = []
    until = time.monotonic() + PATIENCE
    for number in range(1, rounds + 1):
        committed = await asyncio.to_thread(tell, list(people))
        while time.monotonic() < until and any(page.news() < number for page in pages):
            await asyncio.sleep(0.05)
        took = [
            (page.of_type("notification")[number - 1][0] - committed) * 1000 for page in pages if page.news() >= number
        ]
        (waits if number > 1 else first).extend(took)
    missed = sum(max(0, rounds - page.news()) for page in pages)
    doubled = sum(max(0, page.news() - rounds) for page in pages)
    # One of them alone, while the others lie open: what a single piece of news takes.
    alone = []
    for user_id, page in list(zip(people, pages, strict=True))[:20]:
        before = page.news()
        committed = await asyncio.to_thread(tell, [user_id])
        while page.news() == before and time.monotonic() < until:
            await asyncio.sleep(0.002)
        alone.append((page.of_type("notification")[-1][0] - committed) * 1000)
    await asyncio.gather(*(page.close() for page in pages))
    return {
        "sockets": len(pages),
        "rounds": rounds,
        "missed": missed,
        "doubled": doubled,
        "ms_median": share(waits, 0.5),
        "ms_p95": share(waits, 0.95),
        "ms_last": share(waits, 1),
        "first_round_ms_p95": share(first, 0.95),
        "alone_ms_median": share(alone, 0.5),
        "alone_ms_p95": share(alone, 0.95),
    }


def share(times: list[float], part: float) -> int | None:
    """Return what this part of the times stays within."""
    return round(sorted(times)[min(len(times) - 1, int(len(times) * part))]) if times else None


async def lie_idle(site: Site, people: dict[int, str], seconds: float) -> dict[str, Any]:
    """Nobody is told anything. Memory of the server before and with all pages open; how many are still open later."""
    before = site.web_memory_mb()
    pages = await open_all(site.port, list(people.values()))
    with_all = site.web_memory_mb()
    await asyncio.sleep(seconds)
    still = sum(not page.closed for page in pages)
    after = site.web_memory_mb()
    await asyncio.gather(*(page.close() for page in pages))
    return {
        "sockets": len(pages),
        "still_open": still,
        "seconds": seconds,
        "memory_mb_before": before,
        "memory_mb_open": with_all,
        "memory_mb_later": after,
        "kb_each": round((with_all - before) * MEGABYTE / len(pages), 1),
    }


def drill(site: Site, options: argparse.Namespace) -> dict[str, Any]:
    os.environ.update(site.environment)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from drills.notifications.scenario import people

    everybody = people(max(options.busy, options.idle))
    site.start()
    busy = dict(list(everybody.items())[: options.busy])
    idle = dict(list(everybody.items())[: options.idle])
    told = asyncio.run(broadcast(site.port, busy, options.rounds))
    site.restart_web()
    return {"broadcast": told, "idle": asyncio.run(lie_idle(site, idle, options.seconds))}


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.sockets", description=__doc__)
    parser.add_argument("--busy", type=int, default=500, help="sockets that are told something at once")
    parser.add_argument("--rounds", type=int, default=11, help="how often they are")
    parser.add_argument("--idle", type=int, default=2000, help="sockets that lie idle")
    parser.add_argument("--seconds", type=float, default=IDLE_SECONDS, help="how long they do")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "sockets.json", help="where figures go")
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536), most))
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-sockets-drill-"))
    folder.chmod(0o711)
    site = Site(folder, {})
    try:
        figures = drill(site, options)
    finally:
        site.close()
        shutil.rmtree(folder, ignore_errors=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    for name, values in figures.items():
        told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items())
        print(f"{name}: {told}")  # noqa: T201 - the drill's output
    busy, idle = figures["broadcast"], figures["idle"]
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")  # noqa: T201 - the drill's output
    good = not busy["missed"] and not busy["doubled"] and idle["still_open"] == idle["sockets"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

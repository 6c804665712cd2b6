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


async def broadcast(port: int, people: dict[int, str]) -> dict[str, Any]:
    """Everybody has the page open and is told the same at once. Seconds from the commit to each page."""
    from drills.sockets.telling import tell

    pages = await open_all(port, list(people.values()))
    committed = await asyncio.to_thread(tell, list(people))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and any(not page.of_type("notification") for page in pages):
        await asyncio.sleep(0.05)
    news = [page.of_type("notification") for page in pages]
    waits = sorted((got[0][0] - committed) * 1000 for got in news if got)
    figures = {
        "sockets": len(pages),
        "got_it": len(waits),
        "got_it_twice": sum(len(got) > 1 for got in news),
        "ms_median": round(waits[len(waits) // 2]) if waits else None,
        "ms_p95": round(waits[int(len(waits) * 0.95)]) if waits else None,
        "ms_last": round(waits[-1]) if waits else None,
    }
    # One of them alone, while the others lie open: what a single piece of news takes.
    alone = []
    for user_id, page in list(zip(people, pages, strict=True))[:20]:
        committed = await asyncio.to_thread(tell, [user_id])
        while len(page.of_type("notification")) < 2 and time.monotonic() < until:
            await asyncio.sleep(0.002)
        alone.append((page.of_type("notification")[-1][0] - committed) * 1000)
    alone.sort()
    await asyncio.gather(*(page.close() for page in pages))
    return {**figures, "alone_ms_median": round(alone[10]), "alone_ms_p95": round(alone[18])}


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
    told = asyncio.run(broadcast(site.port, busy))
    print(json.dumps(told), flush=True)  # noqa: T201 - the drill's output
    site.restart_web()
    return {"broadcast": told, "idle": asyncio.run(lie_idle(site, idle, options.seconds))}


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.sockets", description=__doc__)
    parser.add_argument("--busy", type=int, default=500, help="sockets that are told something at once")
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
    good = busy["got_it"] == busy["sockets"] and not busy["got_it_twice"] and idle["still_open"] == idle["sockets"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

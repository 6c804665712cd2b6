"""Backups while two hundred rows a second are written and uploads come and go; each restored and compared."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from apps.core.backups import configuration, files, making, opening, programs, servers, sets, verifying
from apps.core.backups.errors import BackupRefused

RATE = 250  # writes a second that are aimed at
WRITERS = 4


class Traffic:
    """Writers that each keep a promise: the rows of ``drill_line`` of a writer add up to its row in ``drill_total``."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.writes = 0
        self.began = time.monotonic()
        self._lock = threading.Lock()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE drill_total (id int PRIMARY KEY, total bigint NOT NULL, at timestamptz)")
            cursor.execute("CREATE TABLE drill_line (id bigserial PRIMARY KEY, writer int, amount int, note text)")
            for writer in range(WRITERS):
                cursor.execute("INSERT INTO drill_total VALUES (%s, 0, now())", [writer])
        self.threads = [threading.Thread(target=self._write, args=(writer,)) for writer in range(WRITERS)]
        self.threads.append(threading.Thread(target=self._upload))
        for thread in self.threads:
            thread.start()

    def _write(self, writer: int) -> None:
        site = servers.live()
        choose = random.Random(writer)  # noqa: S311 - numbers of a drill
        with site.server.connect(site.name) as db:
            while not self.done.is_set():
                started = time.monotonic()
                amount = choose.randrange(1, 1000)
                with db.transaction():
                    db.execute(
                        "INSERT INTO drill_line (writer, amount, note) VALUES (%s, %s, repeat('x', %s))",
                        [writer, amount, amount],
                    )
                    db.execute("UPDATE drill_total SET total = total + %s, at = now() WHERE id = %s", [amount, writer])
                with self._lock:
                    self.writes += 2
                self.done.wait(max(0.0, 2 * WRITERS / RATE - (time.monotonic() - started)))

    def _upload(self) -> None:
        number = 0
        while not self.done.wait(0.05):
            number += 1
            default_storage.save(f"drill/{number}.bin", ContentFile(random.randbytes(4000)))  # noqa: S311 - of a drill
            if number > 40:
                default_storage.delete(f"drill/{number - 40}.bin")

    def stop(self) -> float:
        """End it. Returns the writes a second that were reached."""
        seconds = time.monotonic() - self.began
        self.done.set()
        for thread in self.threads:
            thread.join()
        return self.writes / seconds


def run(folder: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    traffic = Traffic()
    good = 0
    made: list[sets.Set] = []
    try:
        for number in range(1, rounds + 1):
            before = traffic.writes
            began = time.monotonic()
            made.append(making.make(actor=None))
            seconds = time.monotonic() - began
            say(f"backup {number}: {seconds:.1f} s, {traffic.writes - before} writes meanwhile, {made[-1].id}")
    finally:
        rate = traffic.stop()
    for number, one in enumerate(made, 1):
        try:
            verifying.verify(actor=None, name=one.id)
            kept = _promise_is_kept(one)
            good += kept
            say(f"{'ok  ' if kept else 'FAIL'} restored {number}: {one.id}")
        except BackupRefused as error:
            say(f"FAIL {one.id}: {error.message}")
    say(f"{good} of {rounds} restored: every table, every upload and the writers' promise; {rate:.0f} writes/s")
    told = {"good": good, "rounds": rounds, "writes_per_second": round(rate), "megabytes": _size() >> 20}
    return {"ok": good == rounds and rate >= 200, **told}


def _size() -> int:
    """Bytes of the database: how long a snapshot is held depends on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _promise_is_kept(one: sets.Set) -> bool:
    """Ask the restored rows, not the checksums: restore the two tables by hand and add them up."""
    configured = configuration.current()
    with files.private():
        files.empty(configured.work)
        opened = opening.open_set(configured, one)
    site = servers.live()
    found = programs.matching(servers.major(site.server, site.name))
    with site.server.connect(servers.MAINTENANCE) as db:
        db.execute("DROP DATABASE IF EXISTS drill_promise")
        db.execute("CREATE DATABASE drill_promise TEMPLATE template0")
    words = [found.path("pg_restore"), "-t", "drill_line", "-t", "drill_total", "-d", "drill_promise", "-O"]
    log = configured.work / "promise.log"
    programs.run(
        [*words, str(opened.dump)], environment=site.server.environment("drill_promise"), what="pg_restore", log=log
    )
    with site.server.connect("drill_promise") as db:
        wrong = db.execute(
            "SELECT count(*) FROM drill_total t WHERE total <> "
            "(SELECT coalesce(sum(amount), 0) FROM drill_line l WHERE l.writer = t.id)"
        ).fetchone()
    return wrong == (0,)

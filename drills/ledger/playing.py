"""Starts the clients, kills them and what they talk to, and compares what is left with what they know."""

import json
import logging
import os
import pickle
import signal
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from django.db import connection

from apps.accounts.models import User
from apps.core.jobs.registry import loaded_app
from apps.core.models import Job
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.selectors.proof import prove
from drills.jobs.platform import Platform, wait_until
from drills.ledger import client, tampering
from drills.ledger.client import Assignment, Progress

OWN, SHARED = 8, 3
FORK = get_context("fork")  # a client is back in milliseconds


class Clients:
    """The processes. One that was killed is started again until its operations are done."""

    def __init__(self, assignments: list[Assignment]) -> None:
        self.assignments = assignments
        self.processes: dict[int, ForkProcess] = {}
        self.killed = 0
        self.failed: list[int] = []

    def keep_running(self) -> bool:
        """Start what is not running; return whether anybody still has work."""
        working = False
        for assignment in self.assignments:
            process = self.processes.get(assignment.seed)
            if process is not None and process.is_alive():
                working = True
            elif process is None or process.exitcode == -signal.SIGKILL:
                self.processes[assignment.seed] = self._start(assignment)
                working = True
            elif process.exitcode and assignment.seed not in self.failed:
                self.failed.append(assignment.seed)  # it has said why
        return working

    def _start(self, assignment: Assignment) -> ForkProcess:
        process = FORK.Process(target=client.run, args=(assignment,), daemon=True)
        process.start()
        return process

    def kill_one(self, random: Random) -> None:
        alive = [process for process in self.processes.values() if process.is_alive() and process.pid]
        if alive:
            os.kill(random.choice(alive).pid or 0, signal.SIGKILL)
            self.killed += 1


def play(
    platform: Platform,
    *,
    operations: int,
    minutes: float,
    clients: int,
    seed: int,
    kill_every: float,
    crash_every: float,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Run the whole drill and return its figures; ``ok`` says whether everything agreed."""
    loaded_app()  # once here, not in each child
    logging.disable(logging.WARNING)  # who waits for a row or meets a dead server is slow, and the point
    dsn = psycopg.conninfo.make_conninfo(
        host="127.0.0.1",
        port=platform.postgresql.port,
        user=os.environ["DB_USER"],
        password=platform.password,
        dbname="drill",
    )
    assignments = _assign(operations, clients, seed, platform.folder, until=time.monotonic() + 60 * minutes)
    connection.close()  # nothing open is handed to the children
    tamperer = FORK.Process(target=tampering.run, args=(dsn, platform.folder / "tampering.json"), daemon=True)
    tamperer.start()
    begin = time.monotonic()
    playing = Clients(assignments)
    random = Random(seed)  # noqa: S311 - a drill, no secret
    blows = _disturb(playing, dsn, random, kill_every=kill_every, crash_every=crash_every, say=say)
    seconds = time.monotonic() - begin
    tamperer.kill()
    tamperer.join()
    wait_until("PostgreSQL answers", lambda: _answers(dsn))
    return _compare(assignments, playing, platform.folder, seconds) | blows


def _assign(operations: int, clients: int, seed: int, folder: Path, *, until: float) -> list[Assignment]:
    serial = iter(range(10_000))

    def person(**more: Any) -> User:
        name = f"player{next(serial)}"
        return User.objects.create(username=name, email=f"{name}@example.com", **more)

    staff = person(is_staff=True, is_superuser=True)
    shared = {1_000 + number: person().profile.pk for number in range(SHARED)}
    each, more = divmod(operations, clients)
    return [
        Assignment(
            seed=seed + number,
            operations=each + (number < more),
            wallets={own: person().profile.pk for own in range(OWN)},
            shared=shared,
            staff=staff.pk,
            folder=folder,
            until=until,
        )
        for number in range(clients)
    ]


def _disturb(
    playing: Clients, dsn: str, random: Random, *, kill_every: float, crash_every: float, say: Callable[[str], None]
) -> dict[str, Any]:
    """Kill at random moments until all is played."""
    ended = crashed = 0
    now = time.monotonic()
    next_kill, next_crash, next_word = now + kill_every, now + crash_every, now + 30
    while playing.keep_running():
        time.sleep(0.02)
        now = time.monotonic()
        if now > next_kill:
            next_kill = now + random.uniform(0, 2 * kill_every)
            if random.random() < 0.7:
                playing.kill_one(random)
            else:
                ended += _on_backend(dsn, random, "SELECT pg_terminate_backend(%s)")
        if now > next_crash:
            next_crash = now + random.uniform(0.5, 1.5) * crash_every
            crashed += _on_backend(dsn, random, None)
        if now > next_word:
            next_word = now + 30
            say(f"{sum(_progress(each).operations for each in playing.assignments):,} operations")
    return {
        "clients_killed": playing.killed,
        "connections_ended": ended,
        "postgresql_processes_killed": crashed,
    }


def _on_backend(dsn: str, random: Random, statement: str | None) -> bool:
    """End the connection of a client by the statement, or without one kill -9 its server process."""
    try:
        with psycopg.connect(dsn, autocommit=True) as admin:
            rows = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = 'drill' AND backend_type = 'client backend' "
                "AND pid <> pg_backend_pid()"
            ).fetchall()
            if not rows:
                return False
            pid = random.choice(rows)[0]
            if statement:
                admin.execute(statement, [pid])
            else:
                os.kill(pid, signal.SIGKILL)
    except (psycopg.OperationalError, ProcessLookupError):  # it recovers, or the process has just ended
        return False
    return True


def _answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True


def _progress(assignment: Assignment) -> Progress:
    if not assignment.file.exists():
        return client.beginning(assignment)
    return pickle.loads(assignment.file.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 - our own file


def _compare(assignments: list[Assignment], playing: Clients, folder: Path, seconds: float) -> dict[str, Any]:
    """Hold what the database has against what the models say."""
    known = [_progress(assignment) for assignment in assignments]
    wallets = {wallet.profile_id: wallet for wallet in DeltaCrownWallet.objects.all()}
    differing = []
    for assignment, progress in zip(assignments, known, strict=True):
        for number, profile_id in assignment.wallets.items():
            row, model = wallets.get(profile_id, DeltaCrownWallet()), progress.model.wallets[number]
            if (row.cached_balance, row.held_balance, row.entries) != (model.balance, model.held, model.entries):
                differing.append(f"seed {assignment.seed} wallet {number}")
    for number, profile_id in assignments[0].shared.items():
        given = sum(progress.model.given.get(number, 0) for progress in known)
        if wallets.get(profile_id, DeltaCrownWallet()).cached_balance != given:
            differing.append(f"shared wallet {number}")
    outcomes: Counter[str] = Counter()
    for progress in known:
        outcomes += Counter(progress.outcomes)
    rows = (DeltaCrownTransaction.objects.count(), Job.objects.filter(name="economy.tell_movement").count())
    expected = (sum(each.model.written for each in known), sum(each.model.told for each in known))
    begin = time.monotonic()
    proof = prove()
    tampering_counts = json.loads((folder / "tampering.json").read_text())
    played = sum(outcomes.values())
    return {
        "ok": not (differing or playing.failed or proof.count or tampering_counts["passed"])
        and rows == expected
        and played == sum(progress.operations for progress in known),
        "operations": played,
        "seconds": round(seconds, 1),
        "operations_per_second": round(played / seconds),
        "transactions": sum(progress.batches for progress in known),
        "entries_and_notices": rows,
        "entries_and_notices_expected": expected,
        "wallets_that_differ": differing,
        "clients_that_disagreed": playing.failed,
        "batches_found_committed_after_a_kill": sum(progress.found_whole for progress in known),
        "batches_played_again_after_a_kill": sum(progress.found_absent for progress in known),
        "reconnections": sum(progress.reconnected for progress in known),
        "audit_faults": proof.count,
        "audit_seconds": round(time.monotonic() - begin, 1),
        "tampering_tried": tampering_counts["tried"],
        "tampering_refused": tampering_counts["refused"],
        "tampering_passed": tampering_counts["passed"],
        "outcomes": dict(sorted(outcomes.items())),
    }

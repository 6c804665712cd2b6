"""``award()`` beside pgbench with the same statements: movements a second and their ratio, by one client and by fifty.

    .venv/bin/python -m benchmarks.award [--seconds 3] [--rounds 5]

Uses the database of the environment and leaves its rows there: give it one of its own. Notices, which are jobs, are
left out on both sides. The statements are those of ``apps.economy.services.statements``: lock the wallet; insert the
entry unless its key is known, whose trigger moves the balance; commit.

Both connect by TCP and with the platform's limits on time. The two sides take turns, so that whatever else the machine
does meets both. ``durable`` waits for the disk at each commit, as the platform does; ``memory`` does not, which leaves
the program's own cost with the least to hide behind. ``fifty`` is fifty clients on one wallet. Prints a line for each
and JSON last; exits 1 when a ratio is below a half or a balance is wrong.
"""

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
os.environ["DEBUG"] = "False"  # as the platform runs: with it Django keeps the text of every statement
django.setup()

from django.db import connection, connections  # noqa: E402 - after setup

from apps.accounts.models import User  # noqa: E402
from apps.economy.models import DeltaCrownWallet  # noqa: E402
from apps.economy.services import award, statements  # noqa: E402
from apps.user_profile.models import UserProfile  # noqa: E402

WALLETS = 50
CLIENTS = 50
# What award() gives the statement; the hashes are as long as real ones.
VALUES = {
    "wallet_id": ":id",
    "amount": "5",
    "balance_after": ":cached_balance + 5",
    "sequence": ":entries + 1",
    "previous_hash": "':head_hash'",
    "hash": "md5(random()::text) || md5(random()::text)",
    "account": "'rewards'",
    "reason": "'earn'",
    "created_at": "now()",
    "idempotency_key": "gen_random_uuid()::text",
    "fingerprint": "repeat('f', 64)",
    **dict.fromkeys(("counter_previous_hash", "counter_hash", "note", "cause"), "''"),
}


def script(first: int, wallets: int) -> str:
    """Return the statements for pgbench, with its variables in place of parameters."""
    insert = statements.INSERT
    for name in statements.WRITTEN:
        insert = insert.replace("%s", VALUES.get(name, "NULL"), 1)
    lock = statements.LOCK_ROW.replace("%s", ":profile")
    choose = f"\\set profile random({first}, {first + wallets - 1})"
    return f"{choose}\nBEGIN;\n{lock} \\gset\n{insert};\nCOMMIT;\n"


def pgbench(text: str, *, clients: int, seconds: float, durable: bool) -> float:
    """Return transactions a second."""
    settings = connection.settings_dict
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "award.sql"
        path.write_text(text)
        arguments = ["-n", "-c", str(clients), "-T", str(round(seconds)), "-f", str(path), str(settings["NAME"])]
        told = subprocess.run(  # noqa: S603 - a program of PostgreSQL with arguments of ours
            ["pgbench", *arguments],  # noqa: S607 - on the path
            env={
                **os.environ,
                "PGHOST": settings["HOST"],
                "PGPORT": str(settings["PORT"]),
                "PGUSER": settings["USER"],
                "PGPASSWORD": settings["PASSWORD"],
                "PGOPTIONS": f"{settings['OPTIONS']['options']} -c synchronous_commit={'on' if durable else 'off'}",
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return float(told.partition("tps = ")[2].split()[0])


def awards(profiles: list[UserProfile], seconds: float, *, durable: bool) -> int:
    """Award for so long, one after the other, and return how often."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit TO {'on' if durable else 'off'}")
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        award(profile=profiles[count % len(profiles)], amount=5, reason="earn", tell=False)
        count += 1
    return count


def compare(rounds: int, plain: Callable[[], float], ours: Callable[[], float]) -> dict[str, Any]:
    """Let both take turns; return the medians and the ratio of them."""
    pairs = [(plain(), ours()) for _ in range(rounds)]
    by_pgbench, by_award = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "award_per_second": round(by_award),
        "pgbench_per_second": round(by_pgbench),
        "ratio": round(by_award / by_pgbench, 2),
        "ratios": [round(mine / theirs, 2) for theirs, mine in pairs],
    }


def one_client(profiles: list[UserProfile], rounds: int, seconds: float, *, durable: bool) -> dict[str, Any]:
    text = script(profiles[0].pk, WALLETS)
    return compare(
        rounds,
        lambda: pgbench(text, clients=1, seconds=seconds, durable=durable),
        lambda: awards(profiles, seconds, durable=durable) / seconds,
    )


def fifty_clients(profile: UserProfile, seconds: float) -> dict[str, Any]:
    """Let fifty threads with a connection each award to one wallet; see that all got on and that the sum is right."""
    by_pgbench = pgbench(script(profile.pk, 1), clients=CLIENTS, seconds=seconds, durable=True)
    before = DeltaCrownWallet.objects.get(profile=profile)
    done: list[int] = []

    def client() -> None:
        try:
            done.append(awards([profile], seconds, durable=True))
        finally:
            connections.close_all()

    threads = [Thread(target=client) for _ in range(CLIENTS)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - begin
    after = DeltaCrownWallet.objects.get(profile=profile)
    moved = (after.cached_balance - before.cached_balance, after.entries - before.entries)
    return {
        "award_per_second": round(sum(done) / took),
        "pgbench_per_second": round(by_pgbench),
        "fewest_of_a_client": min(done),
        "most_of_a_client": max(done),
        "right": len(done) == CLIENTS and moved == (5 * sum(done), sum(done)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # fifty who wait for one row are slow statements, and the point
    connections.settings["default"]["OPTIONS"].pop("pool", None)  # fifty clients have a connection each

    profiles = []
    for number in range(WALLETS):
        name = f"bench-{os.getpid()}-{number}"
        profiles.append(User.objects.create(username=name, email=f"{name}@example.test").profile)
        award(profile=profiles[-1], amount=1, reason="earn", tell=False)
    figures = {
        "load_before": os.getloadavg()[0],
        "durable": one_client(profiles, options.rounds, options.seconds, durable=True),
        "memory": one_client(profiles, options.rounds, options.seconds, durable=False),
        "fifty": fifty_clients(profiles[-1], options.seconds),
        "load_after": os.getloadavg()[0],
    }
    for name, value in figures.items():
        sys.stdout.write(f"{name}: {value}\n")
    sys.stdout.write(f"{json.dumps(figures)}\n")
    fine = all(figures[name]["ratio"] >= 0.5 for name in ("durable", "memory")) and figures["fifty"]["right"]
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())

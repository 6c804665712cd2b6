"""``award()`` beside pgbench with the same statements: movements a second, one client, and the ratio.

    .venv/bin/python -m benchmarks.award

Uses the database of the environment and leaves its rows there: give it one of its own. Notices, which are jobs, are
left out on both sides. Both lock the wallet, look for the key, insert the entry, whose trigger moves the balance, and
commit.
Prints JSON last.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

SECONDS = 10
WALLETS = 50

SCRIPT = """
\\set w random(1, {wallets})
BEGIN;
SELECT * FROM economy_deltacrown_wallet WHERE profile_id = :first + :w FOR NO KEY UPDATE \\gset
SELECT * FROM economy_deltacrown_transaction WHERE idempotency_key = 'none' ORDER BY id LIMIT 1;
INSERT INTO economy_deltacrown_transaction (wallet_id, amount, balance_after, sequence, previous_hash, hash, account,
 counter_previous_hash, counter_hash, reason, note, cause, created_at, idempotency_key, fingerprint)
 VALUES (:id, 5, :cached_balance + 5, :entries + 1, ':head_hash', md5(random()::text) || md5(random()::text), 'rewards',
 '', '', 'earn', '', '', now(), gen_random_uuid()::text, repeat('f', 64)) RETURNING id;
COMMIT;
"""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
    django.setup()
    from apps.accounts.models import User
    from apps.economy.services import award

    profiles = []
    for number in range(WALLETS):
        name = f"bench-{os.getpid()}-{number}"
        profiles.append(User.objects.create(username=name, email=f"{name}@example.test").profile)
        award(profile=profiles[-1], amount=1, reason="earn", tell=False)

    by_pgbench = pgbench(profiles[0].pk - 1)
    end, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        award(profile=profiles[count % WALLETS], amount=5, reason="earn", tell=False)
        count += 1
    by_award = count / SECONDS
    figures = {
        "award_per_second": round(by_award),
        "pgbench_per_second": round(by_pgbench),
        "ratio": round(by_award / by_pgbench, 2),
    }
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0 if figures["ratio"] >= 0.5 else 1


def pgbench(first: int) -> float:
    """Run the statements with pgbench on the same wallets; return transactions a second."""
    from django.db import connection

    settings = connection.settings_dict
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "award.sql"
        script.write_text(f"\\set first {first}\n{SCRIPT.format(wallets=WALLETS)}")
        told = subprocess.run(  # noqa: S603 - a program of PostgreSQL with arguments of ours
            ["pgbench", "-n", "-c", "1", "-T", str(SECONDS), "-f", str(script), str(settings["NAME"])],  # noqa: S607 - on the path
            env={
                **os.environ,
                "PGHOST": settings["HOST"],
                "PGPORT": str(settings["PORT"]),
                "PGUSER": settings["USER"],
                "PGPASSWORD": settings["PASSWORD"],
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return float(told.partition("tps = ")[2].split()[0])


if __name__ == "__main__":
    sys.exit(main())

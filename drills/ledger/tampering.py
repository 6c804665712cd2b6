"""Tries what the database must refuse, while coins move: each statement by itself, as the owner of the tables."""

# ruff: noqa: S608 - the statements are made of our own names; nothing is given to them

import contextlib
import json
import time
from pathlib import Path

import psycopg

LEDGER, WALLET, HOLD = "economy_deltacrown_transaction", "economy_deltacrown_wallet", "economy_hold"
_FRESH = (
    f"INSERT INTO {LEDGER} (wallet_id, amount, balance_after, sequence, previous_hash, hash, account, "
    "counter_previous_hash, counter_hash, reason, note, cause, created_at, idempotency_key, fingerprint) "
    "SELECT id, 5, {balance}, {sequence}, {previous}, repeat('a', 64), {account}, '', '', 'earn', '', '', now(), "
    f"gen_random_uuid()::text, repeat('f', 64) FROM {WALLET} ORDER BY random() LIMIT 1"
)
_RIGHT = {
    "balance": "cached_balance + 5",
    "sequence": "entries + 1",
    "previous": "head_hash",
    "account": "'rewards'",
}
STATEMENTS = {
    "update an amount": f"UPDATE {LEDGER} SET amount = amount + 1 WHERE id = (SELECT min(id) FROM {LEDGER})",
    "update a note": f"UPDATE {LEDGER} SET note = 'x' WHERE id = (SELECT max(id) FROM {LEDGER})",
    "delete an entry": f"DELETE FROM {LEDGER} WHERE id = (SELECT max(id) FROM {LEDGER})",
    "truncate the ledger": f"TRUNCATE {LEDGER} CASCADE",
    "insert more than moves": _FRESH.format(**_RIGHT | {"balance": "cached_balance + 6"}),
    "insert without the other side": _FRESH.format(**_RIGHT | {"account": "''"}),
    "insert out of turn": _FRESH.format(**_RIGHT | {"sequence": "entries + 2"}),
    "insert off the chain": _FRESH.format(**_RIGHT | {"previous": "repeat('b', 64)"}),
    "change a balance": f"UPDATE {WALLET} SET cached_balance = cached_balance + 1",
    "free what is held": f"UPDATE {WALLET} SET held_balance = 0 WHERE held_balance > 0",
    "delete a hold": f"DELETE FROM {HOLD}",
}


def run(dsn: str, file: Path) -> None:
    """Try one after the other until killed, and keep the counts in ``file``: refused, and what was not."""
    counts = {"tried": 0, "refused": 0, "passed": list[str]()}
    while True:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(dsn, autocommit=True) as connection:
            while True:
                for name, statement in STATEMENTS.items():
                    _try(connection, name, statement, counts)
                fresh = file.with_suffix(".new")
                fresh.write_text(json.dumps(counts))
                fresh.replace(file)
                time.sleep(0.5)
        time.sleep(0.1)


def _try(connection: psycopg.Connection, name: str, statement: str, counts: dict) -> None:
    """Count a statement that reached rows. One that found none proves nothing."""
    try:
        touched = connection.execute(statement).rowcount
    except psycopg.IntegrityError:
        counts["tried"] += 1
        counts["refused"] += 1
    else:
        if touched:
            counts["tried"] += 1
            counts["passed"].append(name)

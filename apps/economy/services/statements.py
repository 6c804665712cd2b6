"""The two statements of every movement, written out.

The ORM composes a statement anew each time, which costs more than the database needs to run it; ``benchmarks/award.py``
shows what is left. Both hold on PostgreSQL and SQLite alike.
"""

# ruff: noqa: S608 - the statements are made of our own names; every value is a parameter

from typing import Any

from django.db import transaction

from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet

# Without created_at, which nobody asks of a wallet that is locked, and which SQLite would give as text.
_HEAD = tuple(field.attname for field in DeltaCrownWallet._meta.concrete_fields if field.name != "created_at")
WRITTEN = tuple(field.attname for field in DeltaCrownTransaction._meta.concrete_fields if not field.primary_key)
LOCK = f"SELECT {', '.join(_HEAD)} FROM {DeltaCrownWallet._meta.db_table} WHERE profile_id = %s"
LOCK_ROW = f"{LOCK} FOR NO KEY UPDATE"  # SQLite has one writer and no such word
INSERT = (
    f"INSERT INTO {DeltaCrownTransaction._meta.db_table} ({', '.join(WRITTEN)}) "
    f"VALUES ({', '.join(['%s'] * len(WRITTEN))}) ON CONFLICT (idempotency_key) DO NOTHING RETURNING id"
)


def locked_wallet(profile_id: int) -> DeltaCrownWallet | None:
    """Lock and return the wallet of a profile, if there is one."""
    connection = transaction.get_connection()
    with connection.cursor() as cursor:
        cursor.execute(LOCK_ROW if connection.vendor == "postgresql" else LOCK, [profile_id])
        row = cursor.fetchone()
    return None if row is None else DeltaCrownWallet.from_db(connection.alias, _HEAD, row)


def insert_entry(entry: DeltaCrownTransaction) -> bool:
    """Write the entry, which moves the balances. Return False when its key is taken; then nothing was written."""
    connection = transaction.get_connection()
    values: dict[str, Any] = {name: getattr(entry, name) for name in WRITTEN}
    values["created_at"] = connection.ops.adapt_datetimefield_value(entry.created_at)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, list(values.values()))
        row = cursor.fetchone()
    if row is None:
        return False
    entry.pk = row[0]
    entry._state.adding = False
    entry._state.db = connection.alias
    return True

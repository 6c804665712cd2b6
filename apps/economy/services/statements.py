"""The two statements of every movement, written out.

The ORM composes a statement anew each time, which costs more than the database needs to run it; ``benchmarks/award.py``
shows what is left. Both hold on PostgreSQL and SQLite alike.
"""

# ruff: noqa: S608 - the statements are made of our own names; every value is a parameter

from typing import Any

from django.db import transaction
from django.db.models import CharField

from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet

# Without created_at, which nobody asks of a wallet that is locked, and which SQLite would give as text.
_HEAD = tuple(field.attname for field in DeltaCrownWallet._meta.concrete_fields if field.name != "created_at")
# What a column holds that a movement has nothing for: texts are never NULL.
EMPTY: dict[str, Any] = {
    field.attname: "" if isinstance(field, CharField) else None
    for field in DeltaCrownTransaction._meta.concrete_fields
    if not field.primary_key
}
WRITTEN = tuple(EMPTY)
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


def insert_entry(values: dict[str, Any]) -> DeltaCrownTransaction | None:
    """Write the entry of these columns, which moves the balances; a column that is left out is empty. Return None when
    the key is taken; then nothing was written.
    """
    connection = transaction.get_connection()
    row = EMPTY | values
    written = row | {"created_at": connection.ops.adapt_datetimefield_value(row["created_at"])}
    with connection.cursor() as cursor:
        cursor.execute(INSERT, list(written.values()))
        key = cursor.fetchone()
    if key is None:
        return None
    # As the database would give it, and not by keyword: that costs as much as hashing it does.
    return DeltaCrownTransaction.from_db(connection.alias, ("id", *WRITTEN), (*key, *row.values()))

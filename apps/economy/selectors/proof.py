"""The proof of the whole ledger: sums, balances, chains and references, each as one statement over all rows."""

# ruff: noqa: S608 - the statements are made of our own names; nothing is given to them

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.economy.constants import HASH_VERSION
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet, Hold, WalletAdjustment
from apps.economy.models.chain import microseconds, sha256_hex

SHOWN = 20  # of each kind of fault
_LEDGER = DeltaCrownTransaction._meta.db_table
_WALLET = DeltaCrownWallet._meta.db_table
_HOLD = Hold._meta.db_table
_ADJUSTMENT = WalletAdjustment._meta.db_table


@dataclass(frozen=True)
class Fault:
    """``row`` is the id of an entry, or of a wallet where the kind says so."""

    kind: str
    row: int
    sentence: str


@dataclass(frozen=True)
class Proof:
    wallets: int
    transactions: int
    coins: int
    count: int
    faults: list[Fault]


def prove(using: str = DEFAULT_DB_ALIAS) -> Proof:
    """Check every row. The database does the work; what comes back is what is wrong.

    All statements see one snapshot, so that movements meanwhile are wholly in or wholly out. Inside a transaction of
    the caller that is the caller's to arrange. ``using`` names another database, such as one restored from a backup.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        return _prove(connection)
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return _prove(connection)


def figures(using: str = DEFAULT_DB_ALIAS) -> dict[str, int]:
    """Return what the ledger amounts to: cheap sums that a backup writes down and a restore must give again."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM {_WALLET}), (SELECT coalesce(sum(cached_balance), 0) FROM {_WALLET}), "
            f"(SELECT coalesce(sum(held_balance), 0) FROM {_WALLET}), (SELECT count(*) FROM {_LEDGER}), "
            f"(SELECT coalesce(sum(amount), 0) FROM {_LEDGER})"
        )
        told = cursor.fetchone()
    return dict(zip(("wallets", "coins", "held", "transactions", "moved"), map(int, told), strict=True))


def _prove(connection: BaseDatabaseWrapper) -> Proof:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute("SET LOCAL statement_timeout = '10min'")
        else:
            connection.connection.create_function("ledger_sha256", 1, sha256_hex, deterministic=True)
            connection.connection.create_function("ledger_microseconds", 1, _stored_microseconds, deterministic=True)
        faults: list[Fault] = []
        count = 0
        for kind, sentence, sql in _checks(is_postgresql=connection.vendor == "postgresql"):
            cursor.execute(sql)
            rows = cursor.fetchmany(SHOWN)
            count += len(rows)
            faults += [Fault(kind, row[0], sentence) for row in rows]
            while more := cursor.fetchmany(10_000):
                count += len(more)
        cursor.execute(
            f"SELECT (SELECT count(*) FROM {_WALLET}), (SELECT count(*) FROM {_LEDGER}), "
            f"(SELECT coalesce(sum(cached_balance), 0) FROM {_WALLET})"
        )
        wallets, transactions, coins = cursor.fetchone()
    return Proof(int(wallets), int(transactions), int(coins), count, faults)


def _stored_microseconds(stored: str) -> int:
    """Read a time as SQLite holds it."""
    return microseconds(datetime.fromisoformat(stored).replace(tzinfo=UTC))


def _checks(*, is_postgresql: bool) -> list[tuple[str, str, str]]:
    """Return kind, sentence and the statement that selects the ids of what is wrong."""
    linked = (
        "SELECT id, wallet_id, sequence, amount, balance_after, previous_hash, hash, is_hash_right, "
        "coalesce(lag(sequence) OVER chain, 0) AS last_sequence, "
        "coalesce(lag(balance_after) OVER chain, 0) AS last_balance, "
        "coalesce(lag(hash) OVER chain, '') AS last_hash, coalesce(lag(id) OVER chain, 0) AS last_id "
        f"FROM ({_sides(is_postgresql=is_postgresql)}) AS sides "
        "WINDOW chain AS (PARTITION BY wallet_id ORDER BY sequence)"
    )
    # Our own table names and no input: nothing here can be injected.
    return [
        (
            "entry",
            "The entry was changed or does not follow the one before it.",
            f"SELECT id FROM ({linked}) AS linked WHERE NOT is_hash_right OR sequence <> last_sequence + 1 "
            "OR balance_after <> last_balance + amount OR previous_hash <> last_hash OR id <= last_id",
        ),
        (
            "wallet",
            "The wallet's balance is not what its entries say.",
            f"SELECT wallet.id FROM {_WALLET} AS wallet "
            f"LEFT JOIN (SELECT wallet_id, sum(amount) AS balance, count(*) AS entries FROM ({_movements()}) AS sides "
            "GROUP BY wallet_id) AS summed ON summed.wallet_id = wallet.id "
            f"LEFT JOIN {_LEDGER} AS head ON head.wallet_id = wallet.id AND head.sequence = wallet.entries "
            f"LEFT JOIN {_LEDGER} AS other ON other.counter_wallet_id = wallet.id "
            "AND other.counter_sequence = wallet.entries "
            "WHERE wallet.cached_balance <> coalesce(summed.balance, 0) "
            "OR wallet.entries <> coalesce(summed.entries, 0) "
            "OR wallet.head_hash <> coalesce(head.hash, other.counter_hash, '')",
        ),
        (
            "holds",
            "The wallet holds another amount than its open holds.",
            f"SELECT wallet.id FROM {_WALLET} AS wallet LEFT JOIN (SELECT wallet_id, sum(amount) AS amount "
            f"FROM {_HOLD} WHERE state = 'held' GROUP BY wallet_id) AS held ON held.wallet_id = wallet.id "
            "WHERE wallet.held_balance <> coalesce(held.amount, 0)",
        ),
        (
            "hold",
            "The hold was captured without its entry, or has one without being captured.",
            f"SELECT hold.id FROM {_HOLD} AS hold LEFT JOIN {_LEDGER} AS entry "
            "ON entry.idempotency_key = 'hold:' || hold.id WHERE (hold.state = 'captured') <> (entry.id IS NOT NULL) "
            "OR entry.wallet_id <> hold.wallet_id OR -entry.amount > hold.amount",
        ),
        (
            "orphan",
            "The entry names a wallet that does not exist.",
            f"SELECT entry.id FROM {_LEDGER} AS entry "
            f"LEFT JOIN {_WALLET} AS wallet ON wallet.id = entry.wallet_id "
            f"LEFT JOIN {_WALLET} AS other ON other.id = entry.counter_wallet_id "
            "WHERE wallet.id IS NULL OR (entry.counter_wallet_id IS NOT NULL AND other.id IS NULL)",
        ),
        (
            "refund",
            "More came back than was paid, or to somebody else.",
            f"SELECT origin.id FROM {_LEDGER} AS origin JOIN {_LEDGER} AS back ON back.origin_id = origin.id "
            "WHERE back.reason = 'refund' GROUP BY origin.id, origin.amount, origin.wallet_id HAVING "
            "sum(back.amount) > -origin.amount OR min(back.wallet_id) <> origin.wallet_id "
            "OR max(back.wallet_id) <> origin.wallet_id",
        ),
        (
            "reference",
            "The entry does not fit the one that it refunds or corrects.",
            f"SELECT back.id FROM {_LEDGER} AS back LEFT JOIN {_LEDGER} AS origin ON origin.id = back.origin_id "
            "WHERE back.origin_id IS NOT NULL AND (origin.id IS NULL OR back.id <= origin.id "
            "OR (back.reason = 'correction' AND (back.amount <> -origin.amount OR back.wallet_id <> origin.wallet_id "
            "OR coalesce(back.counter_wallet_id, 0) <> coalesce(origin.counter_wallet_id, 0))))",
        ),
        (
            "adjustment",
            "The adjustment by hand and its entry differ.",
            f"SELECT wish.id FROM {_ADJUSTMENT} AS wish JOIN {_LEDGER} AS entry "
            "ON entry.id = wish.transaction_id WHERE entry.amount <> wish.amount "
            "OR entry.wallet_id <> wish.wallet_id OR entry.reason <> 'manual_adjust'",
        ),
    ]


def _movements() -> str:
    return (
        f"SELECT wallet_id, amount FROM {_LEDGER} UNION ALL "
        f"SELECT counter_wallet_id, -amount FROM {_LEDGER} WHERE counter_wallet_id IS NOT NULL"
    )


def _sides(*, is_postgresql: bool) -> str:
    """Return the statement that yields each side of each movement, and whether its hash is right."""
    counterpart = "CASE WHEN counter_wallet_id IS NULL THEN account ELSE 'wallet:' || counter_wallet_id END"
    mine = _side("wallet_id", "amount", "", counterpart, is_postgresql=is_postgresql)
    theirs = _side("counter_wallet_id", "-amount", "counter_", "'wallet:' || wallet_id", is_postgresql=is_postgresql)
    return f"{mine} UNION ALL {theirs} WHERE counter_wallet_id IS NOT NULL"


def _side(wallet: str, amount: str, prefix: str, counterpart: str, *, is_postgresql: bool) -> str:
    own = {name: f"{prefix}{name}" for name in ("sequence", "balance_after", "previous_hash", "hash")}
    at = "(extract(epoch FROM created_at) * 1000000)::bigint" if is_postgresql else "ledger_microseconds(created_at)"
    parts = [
        f"'{HASH_VERSION}'",
        wallet,
        own["sequence"],
        f"({amount})",
        own["balance_after"],
        counterpart,
        "reason",
        "tournament_id",
        "registration_id",
        "match_id",
        "origin_id",
        "created_by_id",
        at,
        "cause",
        own["previous_hash"],
        "fingerprint",
        "idempotency_key",
        "note",
    ]
    if is_postgresql:  # concat takes a null for nothing, as the program does
        hashed = f"encode(sha256(convert_to(concat({', chr(10), '.join(parts)}), 'UTF8')), 'hex')"
    else:
        texts = [f"coalesce({part}, '')" for part in parts]
        hashed = f"ledger_sha256({' || char(10) || '.join(texts)})"
    columns = ", ".join(f"{column} AS {name}" for name, column in own.items())
    return (
        f"SELECT id, {wallet} AS wallet_id, {amount} AS amount, {columns}, "
        f"{hashed} = {own['hash']} AS is_hash_right FROM {_LEDGER}"
    )

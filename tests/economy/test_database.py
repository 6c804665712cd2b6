"""What the database itself refuses, whoever asks: on PostgreSQL here, and on SQLite in a file of its own."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils import timezone

from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet, Hold, WalletAdjustment
from apps.economy.selectors import proof
from apps.economy.selectors.proof import prove
from apps.economy.services import award, hold

pytestmark = pytest.mark.django_db
held = import_module("apps.economy.migrations.0002_held_by_the_database")

LEDGER = "economy_deltacrown_transaction"
WALLET = "economy_deltacrown_wallet"

REFUSED = {
    "an entry is not changed": f"UPDATE {LEDGER} SET note = 'x'",
    "an entry is not deleted": f"DELETE FROM {LEDGER}",
    "a balance is not set": f"UPDATE {WALLET} SET cached_balance = cached_balance + 1",
    "a chain is not rewound": f"UPDATE {WALLET} SET entries = 0, cached_balance = 0, head_hash = ''",
    "coins are not held without a hold": f"UPDATE {WALLET} SET held_balance = held_balance + 1",
    "a wallet keeps its owner": f"UPDATE {WALLET} SET profile_id = profile_id + 1",
    "a hold is not deleted": "DELETE FROM economy_hold",
    "a hold does not grow": "UPDATE economy_hold SET amount = amount + 1",
    "a wallet does not begin rich": (
        f"INSERT INTO {WALLET} (profile_id, cached_balance, held_balance, entries, head_hash, created_at) "
        "VALUES (999999, 5, 0, 0, '', CURRENT_TIMESTAMP)"
    ),
}
COLUMNS = {
    "amount": 5,
    "balance_after": 505,
    "sequence": 2,
    "account": "rewards",
    "counter_wallet_id": None,
    "counter_balance_after": None,
    "counter_sequence": None,
    "counter_previous_hash": "",
    "counter_hash": "",
    "reason": "earn",
}
UNBALANCED = {
    "money from nowhere": {"account": ""},
    "an account nobody knows": {"account": "pocket"},
    "two other sides": {"counter_wallet_id": "wallet"},
    "its own other side": {"account": "", "counter_wallet_id": "wallet", "counter_hash": "h", "counter_sequence": 3},
    "another balance than the sum": {"balance_after": 506},
    "a gap": {"sequence": 3},
    "a fork": {"sequence": 1},
    "another entry before it": {"previous_hash": "0" * 64},
    "nothing": {"amount": 0, "balance_after": 500},
    "less than nothing": {"amount": -501, "balance_after": -1},
    "what is held": {"amount": -450, "balance_after": 50},
    "a reason nobody knows": {"reason": "gift"},
    "a refund of nothing": {"reason": "refund"},
}


@pytest.fixture
def rich(rafi):
    """Rafi with 500 DC, 100 of them held."""
    award(profile=rafi.profile, amount=500, reason="winner")
    hold(profile=rafi.profile, amount=100, cause="order:1", idempotency_key="h", actor=rafi)
    return rafi


def insert(database, **changes):
    """Write an entry by hand that continues Rafi's wallet, but for ``changes``."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT id, head_hash FROM {WALLET}")
        wallet, head = cursor.fetchone()
        row = {
            "wallet_id": wallet,
            "previous_hash": head,
            "hash": "f" * 64,
            "note": "",
            "cause": "",
            "created_at": timezone.now().isoformat(),
            "idempotency_key": "by hand",
            "fingerprint": "",
            **COLUMNS,
            **changes,
        }
        row = {name: wallet if value == "wallet" else value for name, value in row.items()}
        cursor.execute(
            f"INSERT INTO {LEDGER} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
        )


def state(database):
    with database.cursor() as cursor:
        cursor.execute(f"SELECT cached_balance, held_balance, entries, (SELECT count(*) FROM {LEDGER}) FROM {WALLET}")
        return cursor.fetchone()


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_postgresql_refuses(rich, statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert state(connection) == (500, 100, 1, 1)


@pytest.mark.parametrize("changes", UNBALANCED.values(), ids=UNBALANCED)
def test_postgresql_refuses_an_entry_that_is(rich, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(connection, **changes)

    assert state(connection) == (500, 100, 1, 1)


def test_the_insert_itself_moves_the_balance(rich):
    insert(connection)

    assert state(connection) == (505, 100, 2, 2)


def test_truncate_is_refused_where_tests_are_not(rich):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL deltacrown.allow_truncate = off")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(f"TRUNCATE {LEDGER} CASCADE")

    assert state(connection) == (500, 100, 1, 1)


def test_the_seeds_indexes_exist_and_no_column_is_indexed_twice(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN (%s, %s)", [LEDGER, WALLET])
        indexes = dict(cursor.fetchall())
    assert {"idx_wallet_profile", "idx_transaction_wallet", "idx_transaction_created"} <= indexes.keys()
    columns = [definition.partition(" btree ")[2] for definition in indexes.values() if " WHERE " not in definition]
    assert sorted(columns) == [
        "(created_at)",
        "(id)",
        "(id)",
        "(idempotency_key)",
        "(profile_id)",
        "(wallet_id, sequence)",
    ]


@pytest.fixture(scope="module")
def sqlite_file(tmp_path_factory, django_db_setup, django_db_blocker):
    """The ledger's tables and triggers on SQLite, with a wallet of 500 DC of which 100 are held."""
    settings = {**connection.settings_dict, "NAME": tmp_path_factory.mktemp("ledger") / "ledger.sqlite3", "OPTIONS": {}}
    with django_db_blocker.unblock():
        database = DatabaseWrapper({**settings, "ENGINE": "django.db.backends.sqlite3"}, alias="ledger_on_sqlite")
        with database.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")  # its player is in no table here
        with database.schema_editor(atomic=False) as editor:
            for model in (DeltaCrownWallet, DeltaCrownTransaction, Hold, WalletAdjustment):
                editor.create_model(model)
            for operation in held.Migration.operations:
                operation.database_forwards("economy", editor, None, None)
        with database.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute(
                f"INSERT INTO {WALLET} (profile_id, cached_balance, held_balance, entries, head_hash) "
                "VALUES (1, 0, 0, 0, '')"
            )
        insert(database, sequence=1, amount=500, balance_after=500, hash="a" * 64)
        with database.cursor() as cursor:
            cursor.execute(
                "INSERT INTO economy_hold (wallet_id, amount, state, cause, idempotency_key, fingerprint, expires_at) "
                "VALUES (1, 100, 'held', 'order:1', 'h', '', '2030-01-01')"
            )
        yield database
        database.close()


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_sqlite_refuses(sqlite_file, statement):
    with pytest.raises(IntegrityError), sqlite_file.cursor() as cursor:
        cursor.execute(statement)

    assert state(sqlite_file) == (500, 100, 1, 1)


@pytest.mark.parametrize("changes", UNBALANCED.values(), ids=UNBALANCED)
def test_sqlite_refuses_an_entry_that_is(sqlite_file, changes):
    with pytest.raises(IntegrityError):
        insert(sqlite_file, **{"idempotency_key": "another", **changes})

    assert state(sqlite_file) == (500, 100, 1, 1)


def tamper(statement):
    """Change rows as somebody could who owns the server: with the triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {LEDGER} DISABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE {WALLET} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE economy_hold DISABLE TRIGGER USER")
        cursor.execute(statement)


HASHED = [
    "amount = amount + 1",
    "balance_after = balance_after + 1",
    "sequence = sequence + 10",
    "previous_hash = 'b'",
    "hash = 'b'",
    "account = 'mint'",
    "reason = 'earn'",
    "note = 'Dhaka Opem'",
    "tournament_id = 8",
    "registration_id = 8",
    "match_id = 8",
    "cause = 'a:1'",
    "created_at = created_at + interval '1 microsecond'",
    "idempotency_key = 'other'",
    "fingerprint = 'other'",
    "created_by_id = (SELECT min(id) FROM accounts_user)",
]


@pytest.mark.parametrize("change", HASHED)
def test_the_proof_finds_one_changed_value_of_an_entry(rafi, change):
    award(profile=rafi.profile, amount=500, reason="winner", note="Dhaka Open", tournament_id=7)
    entry = DeltaCrownTransaction.objects.get()
    assert prove().count == 0

    tamper(f"UPDATE {LEDGER} SET {change}")

    assert ("entry", entry.pk) in [(fault.kind, fault.row) for fault in prove().faults]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (f"UPDATE {WALLET} SET cached_balance = 501", "wallet"),
        (f"UPDATE {WALLET} SET head_hash = 'b'", "wallet"),
        (f"UPDATE {WALLET} SET entries = 0", "wallet"),
        (f"UPDATE {WALLET} SET held_balance = 0", "holds"),
        (f"DELETE FROM {LEDGER}", "wallet"),
        ("UPDATE economy_hold SET state = 'captured', ended_at = now()", "hold"),
    ],
)
def test_the_proof_finds_a_changed_wallet_or_hold(rich, statement, kind):
    tamper(statement)

    assert kind in {fault.kind for fault in prove().faults}


def test_the_proof_on_sqlite_hashes_the_same(sqlite_file):
    found = proof._prove(sqlite_file)

    # The entry of this file was written by hand with a hash of its own making.
    assert [fault.kind for fault in found.faults] == ["entry"]
    assert (found.transactions, found.wallets, found.coins) == (1, 1, 500)

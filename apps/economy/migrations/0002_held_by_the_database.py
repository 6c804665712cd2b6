"""What the ledger promises, held by the database on PostgreSQL and SQLite alike (docs/adr/0012).

SQLite drops triggers with a table that it rebuilds: a later migration that alters one of these three tables repeats its
triggers. ``tests/economy/test_database.py`` runs on both and notices when it doesn't.
"""

# ruff: noqa: S608 - the statements are made of our own names; nothing is given to them

from django.db import migrations

from apps.core.append_only import VendorSQL, append_only

WALLET = "economy_deltacrown_wallet"
LEDGER = "economy_deltacrown_transaction"
HOLD = "economy_hold"

# The insert of an entry is a compare-and-swap of the wallets' heads: it moves the balance, or it fails.
MOVE = f"""
CREATE FUNCTION economy_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE {WALLET} SET cached_balance = NEW.balance_after, entries = NEW.sequence, head_hash = NEW.hash
    WHERE id = NEW.wallet_id AND cached_balance + NEW.amount = NEW.balance_after
        AND entries + 1 = NEW.sequence AND head_hash = NEW.previous_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the entry does not continue its wallet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_ledger_continues';
    END IF;
    IF NEW.counter_wallet_id IS NOT NULL THEN
        UPDATE {WALLET} SET cached_balance = NEW.counter_balance_after, entries = NEW.counter_sequence,
            head_hash = NEW.counter_hash
        WHERE id = NEW.counter_wallet_id AND cached_balance - NEW.amount = NEW.counter_balance_after
            AND entries + 1 = NEW.counter_sequence AND head_hash = NEW.counter_previous_hash;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the entry does not continue its wallet'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_ledger_continues';
        END IF;
    END IF;
    RETURN NULL;
END $$
"""
# A wallet is what its newest entry says, and holds what its open holds say.
GUARD_WALLET = f"""
CREATE FUNCTION economy_guard_wallet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (NEW.cached_balance, NEW.held_balance, NEW.entries, NEW.head_hash) IS DISTINCT FROM (0, 0, 0, '') THEN
            RAISE EXCEPTION 'a wallet begins empty'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_wallet_begins_empty';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.profile_id <> OLD.profile_id OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'a wallet keeps its owner'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_wallet_keeps_owner';
    END IF;
    IF (NEW.cached_balance, NEW.entries, NEW.head_hash) IS DISTINCT FROM
        (OLD.cached_balance, OLD.entries, OLD.head_hash)
        AND NOT EXISTS (SELECT 1 FROM {LEDGER} WHERE wallet_id = NEW.id AND sequence = NEW.entries
            AND balance_after = NEW.cached_balance AND hash = NEW.head_hash)
        AND NOT EXISTS (SELECT 1 FROM {LEDGER} WHERE counter_wallet_id = NEW.id AND counter_sequence = NEW.entries
            AND counter_balance_after = NEW.cached_balance AND counter_hash = NEW.head_hash) THEN
        RAISE EXCEPTION 'a balance changes by an entry only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_wallet_follows_ledger';
    END IF;
    IF NEW.entries < OLD.entries THEN
        RAISE EXCEPTION 'a balance changes by an entry only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_wallet_follows_ledger';
    END IF;
    IF NEW.held_balance <> OLD.held_balance AND NEW.held_balance <>
        (SELECT coalesce(sum(amount), 0) FROM {HOLD} WHERE wallet_id = NEW.id AND state = 'held') THEN
        RAISE EXCEPTION 'coins are held by a hold only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_wallet_follows_holds';
    END IF;
    RETURN NEW;
END $$
"""
HOLD_CHANGES = f"""
CREATE FUNCTION economy_hold_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a hold is released, not deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_hold_is_history';
    END IF;
    IF TG_OP = 'INSERT' THEN
        UPDATE {WALLET} SET held_balance = held_balance + NEW.amount WHERE id = NEW.wallet_id AND NEW.state = 'held';
        RETURN NULL;
    END IF;
    IF OLD.state <> 'held' OR NEW.state = 'held' OR NEW.amount <> OLD.amount OR NEW.wallet_id <> OLD.wallet_id THEN
        RAISE EXCEPTION 'a hold ends once and changes nothing else'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'economy_hold_is_history';
    END IF;
    UPDATE {WALLET} SET held_balance = held_balance - OLD.amount WHERE id = OLD.wallet_id;
    RETURN NULL;
END $$
"""

POSTGRESQL = VendorSQL(
    vendor="postgresql",
    sql=[
        # The seed's name for the index that the one-to-one field makes anyway.
        f"ALTER INDEX {WALLET}_profile_id_key RENAME TO idx_wallet_profile",
        MOVE,
        f"CREATE TRIGGER economy_move AFTER INSERT ON {LEDGER} FOR EACH ROW EXECUTE FUNCTION economy_move()",
        GUARD_WALLET,
        f"CREATE TRIGGER economy_guard_wallet BEFORE INSERT OR UPDATE ON {WALLET} "
        "FOR EACH ROW EXECUTE FUNCTION economy_guard_wallet()",
        HOLD_CHANGES,
        f"CREATE TRIGGER economy_hold_changes AFTER INSERT OR UPDATE OR DELETE ON {HOLD} "
        "FOR EACH ROW EXECUTE FUNCTION economy_hold_changes()",
    ],
    reverse_sql=[
        f"DROP TRIGGER economy_hold_changes ON {HOLD}",
        "DROP FUNCTION economy_hold_changes()",
        f"DROP TRIGGER economy_guard_wallet ON {WALLET}",
        "DROP FUNCTION economy_guard_wallet()",
        f"DROP TRIGGER economy_move ON {LEDGER}",
        "DROP FUNCTION economy_move()",
        f"ALTER INDEX idx_wallet_profile RENAME TO {WALLET}_profile_id_key",
    ],
)


def refuse(sentence: str, unless_or_when: str) -> str:
    return f"SELECT RAISE(ABORT, 'CHECK constraint failed: {sentence}') WHERE {unless_or_when}"


SQLITE_TRIGGERS = {
    "economy_move": f"""AFTER INSERT ON {LEDGER} BEGIN
        {
        refuse(
            "economy_ledger_continues",
            f'''NOT EXISTS (SELECT 1 FROM {WALLET} WHERE id = NEW.wallet_id
            AND cached_balance + NEW.amount = NEW.balance_after AND entries + 1 = NEW.sequence
            AND head_hash = NEW.previous_hash)''',
        )
    };
        UPDATE {WALLET} SET cached_balance = NEW.balance_after, entries = NEW.sequence, head_hash = NEW.hash
        WHERE id = NEW.wallet_id;
        {
        refuse(
            "economy_ledger_continues",
            f'''NEW.counter_wallet_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM {WALLET} WHERE id = NEW.counter_wallet_id
            AND cached_balance - NEW.amount = NEW.counter_balance_after AND entries + 1 = NEW.counter_sequence
            AND head_hash = NEW.counter_previous_hash)''',
        )
    };
        UPDATE {WALLET} SET cached_balance = NEW.counter_balance_after, entries = NEW.counter_sequence,
            head_hash = NEW.counter_hash
        WHERE id = NEW.counter_wallet_id;
        END""",
    "economy_wallet_insert": f"""BEFORE INSERT ON {WALLET} BEGIN
        {refuse("economy_wallet_begins_empty", "(NEW.cached_balance, NEW.held_balance, NEW.entries, NEW.head_hash) IS NOT (0, 0, 0, '')")};
        END""",
    "economy_wallet_owner": f"""BEFORE UPDATE ON {WALLET} BEGIN
        {refuse("economy_wallet_keeps_owner", "NEW.profile_id <> OLD.profile_id OR NEW.id <> OLD.id")};
        END""",
    "economy_wallet_balance": f"""BEFORE UPDATE ON {WALLET}
        WHEN (NEW.cached_balance, NEW.entries, NEW.head_hash) IS NOT (OLD.cached_balance, OLD.entries, OLD.head_hash) BEGIN
        {
        refuse(
            "economy_wallet_follows_ledger",
            f'''NEW.entries < OLD.entries OR (NOT EXISTS (
            SELECT 1 FROM {LEDGER} WHERE wallet_id = NEW.id AND sequence = NEW.entries
            AND balance_after = NEW.cached_balance AND hash = NEW.head_hash)
            AND NOT EXISTS (SELECT 1 FROM {LEDGER} WHERE counter_wallet_id = NEW.id AND counter_sequence = NEW.entries
            AND counter_balance_after = NEW.cached_balance AND counter_hash = NEW.head_hash))''',
        )
    };
        END""",
    "economy_wallet_held": f"""BEFORE UPDATE ON {WALLET} WHEN NEW.held_balance <> OLD.held_balance BEGIN
        {
        refuse(
            "economy_wallet_follows_holds",
            f'''NEW.held_balance <>
            (SELECT coalesce(sum(amount), 0) FROM {HOLD} WHERE wallet_id = NEW.id AND state = 'held')''',
        )
    };
        END""",
    "economy_hold_insert": f"""AFTER INSERT ON {HOLD} WHEN NEW.state = 'held' BEGIN
        UPDATE {WALLET} SET held_balance = held_balance + NEW.amount WHERE id = NEW.wallet_id;
        END""",
    "economy_hold_end": f"""AFTER UPDATE ON {HOLD} BEGIN
        {refuse("economy_hold_is_history", "OLD.state <> 'held' OR NEW.state = 'held' OR NEW.amount <> OLD.amount OR NEW.wallet_id <> OLD.wallet_id")};
        UPDATE {WALLET} SET held_balance = held_balance - OLD.amount WHERE id = OLD.wallet_id;
        END""",
    "economy_hold_delete": f"""BEFORE DELETE ON {HOLD} BEGIN
        {refuse("economy_hold_is_history", "1")};
        END""",
}
SQLITE = VendorSQL(
    vendor="sqlite",
    sql=[f"CREATE TRIGGER {name} {body}" for name, body in SQLITE_TRIGGERS.items()],
    reverse_sql=[f"DROP TRIGGER {name}" for name in SQLITE_TRIGGERS],
)


class Migration(migrations.Migration):
    dependencies = [("economy", "0001_initial")]

    operations = [POSTGRESQL, SQLITE, *append_only(LEDGER)]

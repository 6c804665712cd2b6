"""A member's own copy of their chain, made to be checked without us."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from apps.economy.constants import HASH_VERSION
from apps.economy.models import DeltaCrownWallet
from apps.economy.models.chain import microseconds
from apps.economy.selectors.entries import Entry, all_entries


def fields(entry: Entry) -> list[Any]:
    """Return the hashed parts of an entry, in the order in which they are hashed."""
    row = entry.row
    return [
        HASH_VERSION,
        entry.wallet_id,
        entry.sequence,
        entry.amount,
        entry.balance_after,
        entry.counterpart,
        row.reason,
        row.tournament_id,
        row.registration_id,
        row.match_id,
        row.origin_id,
        row.created_by_id,
        microseconds(row.created_at),
        row.cause,
        entry.previous_hash,
        row.fingerprint,
        row.idempotency_key,
        row.note,
    ]


def statement(wallet: DeltaCrownWallet) -> Iterator[str]:
    """Yield the statement as JSON, piece by piece, newest entry first.

    It ends at the wallet's head as it was when the download began: what comes in meanwhile is on the next one.
    """
    about = {
        "wallet": wallet.pk,
        "made_at": timezone.now().isoformat(),
        "balance": wallet.cached_balance,
        "entries": wallet.entries,
        "head_hash": wallet.head_hash,
    }
    yield json.dumps(about)[:-1] + ', "chain": ['
    first = True
    for entry in all_entries(wallet):
        if entry.sequence > wallet.entries:
            continue
        line = json.dumps({"hash": entry.hash, "fields": fields(entry)}, ensure_ascii=False)
        yield f"{'' if first else ','}\n{line}"
        first = False
    yield "\n]}\n"

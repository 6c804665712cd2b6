"""Refusals of the ledger that callers tell apart by type."""

from apps.core.errors import Conflict


class NotEnoughCoins(Conflict):
    """The wallet has less than is asked for, holds taken off."""

    code = "not_enough_coins"


class KeyReused(Conflict):
    """The idempotency key belongs to a request with other content."""

    code = "idempotency_key_reused"


class HoldClosed(Conflict):
    """The hold was captured or released before."""

    code = "hold_closed"


class AlreadyCorrected(Conflict):
    """The entry has its compensating entry."""

    code = "already_corrected"


class NeedsSecondPerson(Conflict):
    """Who asked for an adjustment can't also approve it."""

    status = 403
    code = "needs_second_person"

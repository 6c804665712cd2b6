"""Refusals of the store that callers tell apart by type."""

from apps.core.errors import Conflict


class PriceChanged(Conflict):
    """What is to be paid is not what the buyer saw."""

    code = "price_changed"


class CartEmpty(Conflict):
    """There is nothing to order."""

    code = "cart_empty"


class SoldOut(Conflict):
    """There are fewer than are wanted."""

    code = "sold_out"


class TooManyOpen(Conflict):
    """This person has as many orders as may wait for payment or confirmation."""

    code = "too_many_open_orders"


class OrderKeyReused(Conflict):
    """The idempotency key belongs to an order with other content."""

    code = "idempotency_key_reused"


class TrxIdTaken(Conflict):
    """This TrxID pays for an order already."""

    code = "trx_id_taken"


class NotPossibleNow(Conflict):
    """The order has gone on, and this can't be done to it any more, or not yet."""

    code = "not_possible_now"

"""Refusals of notifications."""


class UnknownType(LookupError):
    """Nobody registered this type: a bug in the caller, never an answer to a person."""


class NotDelivered(Exception):
    """The message certainly did not leave; trying again cannot double it."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        """``permanent`` means that the other side will refuse it again."""
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class MaybeDelivered(Exception):
    """The conversation broke after the message was handed over; it may or may not have arrived."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

"""Refusals of notifications."""


class UnknownType(LookupError):
    """Nobody registered this type: a bug in the caller, never an answer to a person."""


class NotDelivered(Exception):
    """The message certainly did not leave; trying again cannot double it."""

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        retry_after: float | None = None,
        everywhere: bool = False,
        gone: bool = False,
        bad_address: bool = False,
    ) -> None:
        """Say why.

        Args:
            reason: For staff and the owner.
            permanent: The other side will refuse it again.
            retry_after: Seconds that the other side asks to wait.
            everywhere: It asks so for all messages, not only for this receiver's.
            gone: The receiver does not exist any more, so nothing else needs to be tried with it.
            bad_address: The mail server says that there is no such mailbox.
        """
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.everywhere = everywhere
        self.gone = gone
        self.bad_address = bad_address


class MaybeDelivered(Exception):
    """The conversation broke after the message was handed over; it may or may not have arrived."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

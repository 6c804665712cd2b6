"""Refusals of this app that callers tell apart by type."""

from apps.core.errors import Conflict


class InviteClosed(Conflict):
    """The invitation was answered, withdrawn or is too old."""

    code = "invite_closed"


class RosterFull(Conflict):
    """All eight seats are taken."""

    code = "roster_full"


class PlaysElsewhere(Conflict):
    """The player has an active team in this game."""

    code = "plays_elsewhere"


class EmailNotVerified(Conflict):
    """The invitation went to an address that this account has not proved to own."""

    code = "email_not_verified"


class NotYourInvite(Conflict):
    """The invitation is for someone else."""

    status = 403
    code = "not_your_invite"


class TransferClosed(Conflict):
    """The offer of a captaincy was answered, taken back or is too old."""

    code = "transfer_closed"


class LinkClosed(Conflict):
    """The invite link was taken back, is too old or was used as often as it may be."""

    code = "link_closed"


class RequestClosed(Conflict):
    """The join request was answered, withdrawn or is too old."""

    code = "request_closed"

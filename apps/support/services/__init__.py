"""The writes of support."""

from apps.support.services.tickets import close_ticket, open_ticket, reply_to_ticket

__all__ = ["close_ticket", "open_ticket", "reply_to_ticket"]

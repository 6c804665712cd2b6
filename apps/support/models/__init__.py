"""Tickets and what was written in them."""

from apps.support.models.ticket import Ticket, TicketMessage, new_reference

__all__ = ["Ticket", "TicketMessage", "new_reference"]

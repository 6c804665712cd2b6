"""What support stores about one person."""

from typing import Any

from apps.accounts.models import User
from apps.support.models import Ticket


def collect(user: User) -> dict[str, list[dict[str, Any]]]:
    """Return the person's tickets with their messages, for the data export."""
    tickets = Ticket.objects.filter(requester=user).prefetch_related("messages").order_by("created_at")
    return {
        "support_tickets": [
            {
                "reference": ticket.reference,
                "category": ticket.category,
                "subject": ticket.subject,
                "status": ticket.status,
                "created_at": ticket.created_at.isoformat(),
                "messages": [
                    {"from_staff": message.from_staff, "body": message.body, "at": message.created_at.isoformat()}
                    for message in ticket.messages.all()
                ],
            }
            for ticket in tickets
        ]
    }

"""Open, answer and close a ticket."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, rate_limit
from apps.core.errors import Conflict, NotFound
from apps.notifications.services import notify_email
from apps.support import permissions
from apps.support.constants import Status
from apps.support.models import Ticket, TicketMessage


@transaction.atomic(durable=True)
def open_ticket(
    *,
    actor: User | AnonymousUser,
    origin: str,
    name: str,
    email: str,
    category: str,
    subject: str,
    message: str,
) -> Ticket:
    """Take a question to staff and confirm it by mail.

    Args:
        origin: Where it comes from, as ``rate_limit.ip_key`` says it: floods are counted by it.

    Raises:
        RateLimited: More than five tickets an hour from one origin, or to one address.
    """
    for key in (origin, email.lower()):
        rate_limit.check(
            "support.open_ticket",
            key=key,
            limit=5,
            seconds=3600,
        )

    requester = actor if isinstance(actor, User) else None
    ticket = Ticket.objects.create(requester=requester, name=name, email=email, category=category, subject=subject)
    TicketMessage.objects.create(ticket=ticket, author=requester, body=message)

    audit.record(actor=requester, action="ticket.opened", target=ticket, old={}, new={"category": category})
    _mail(ticket, "support.ticket_opened", fingerprint=f"opened:{ticket.pk}")
    return ticket


@transaction.atomic(durable=True)
def reply_to_ticket(*, actor: User, ticket_id: int, message: str) -> TicketMessage:
    """Answer the requester by mail. The ticket then waits for them.

    Raises:
        PermissionRefused: The actor is not of the support staff.
        NotFound: There is no such ticket.
        Conflict: The ticket is closed.
    """
    permissions.check_answer(actor)
    ticket = _lock(ticket_id)
    if ticket.status == Status.CLOSED:
        raise Conflict("This ticket is closed. Ask the person to open a new one.")

    old = {"status": ticket.status}
    reply = TicketMessage.objects.create(ticket=ticket, author=actor, from_staff=True, body=message)
    ticket.status = Status.ANSWERED
    ticket.first_response_at = ticket.first_response_at or reply.created_at
    ticket.assigned_to = ticket.assigned_to or actor
    ticket.save(update_fields=["status", "first_response_at", "assigned_to"])

    audit.record(actor=actor, action="ticket.answered", target=ticket, old=old, new={"status": ticket.status})
    _mail(ticket, "support.ticket_answered", answer=message, fingerprint=f"answered:{reply.pk}")
    return reply


@transaction.atomic(durable=True)
def close_ticket(*, actor: User, ticket_id: int) -> Ticket:
    """Close a ticket. Closing a closed one changes nothing.

    Raises:
        PermissionRefused: The actor is not of the support staff.
        NotFound: There is no such ticket.
    """
    permissions.check_answer(actor)
    ticket = _lock(ticket_id)
    if ticket.status == Status.CLOSED:
        return ticket

    old = {"status": ticket.status}
    ticket.status = Status.CLOSED
    ticket.closed_at = timezone.now()
    ticket.save(update_fields=["status", "closed_at"])

    audit.record(actor=actor, action="ticket.closed", target=ticket, old=old, new={"status": ticket.status})
    return ticket


def _lock(ticket_id: int) -> Ticket:
    ticket = Ticket.objects.select_for_update().filter(pk=ticket_id).first()
    if ticket is None:
        raise NotFound("There is no such ticket.")
    return ticket


def _mail(ticket: Ticket, kind: str, *, fingerprint: str, answer: str = "") -> None:
    notify_email(
        ticket.email,
        kind,
        context={
            "reference": ticket.reference,
            "subject_line": ticket.subject,
            "name": ticket.name,
            "answer": answer,
        },
        fingerprint=fingerprint,
    )

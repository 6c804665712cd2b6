"""A ticket and its messages."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.support.constants import MESSAGE_MAX_LENGTH, REFERENCE_ALPHABET, REFERENCE_LENGTH, Category, Priority, Status


def new_reference() -> str:
    """Return what a person quotes: unguessable enough that nobody finds a stranger's ticket by counting."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


class Ticket(models.Model):
    """Someone's question to staff. Visitors write too, so the requester may be unknown; the address never is."""

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    name = models.CharField(max_length=60)
    email = models.EmailField("e-mail address")
    category = models.CharField(max_length=10, choices=Category.choices)
    subject = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="assigned_tickets"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    first_response_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="support_ticket_status_known"),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at__isnull=True)),
                name="support_ticket_closed_has_time",
            ),
        ]
        indexes = [
            # The desk: what waits, most urgent and oldest first.
            models.Index(
                fields=["-priority", "created_at"], name="idx_ticket_waiting", condition=Q(status=Status.OPEN)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.subject}"


class TicketMessage(models.Model):
    """One message in a ticket; never edited."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    from_staff = models.BooleanField(default=False)
    body = models.TextField(max_length=MESSAGE_MAX_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{'Staff' if self.from_staff else 'Requester'} in {self.ticket_id}"

"""Stops mails to addresses that do not exist, and tells whose they are."""

from email.message import Message
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from apps.core import audit, rate_limit
from apps.core.errors import NotFound
from apps.notifications import bouncing, permissions, types
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import BouncedAddress, Delivery, Notification
from apps.notifications.services.sending import notify

CLEARS_A_DAY = 3
NO_REPORT = "This is no report about a mail."
NOT_OURS = "Not about a mail of ours: nothing was changed."


def mark_address(*, address: str, reason: str, source: str, notification: Notification | None = None) -> bool:
    """Stop mails to this address. Returns whether it was not stopped before; its people are told then, in the bell."""
    with transaction.atomic():
        row = BouncedAddress(
            address=address,
            reason=reason or "No reason was given.",
            source=source,
            notification=notification,
            created_at=timezone.now(),
        )
        BouncedAddress.objects.bulk_create([row], ignore_conflicts=True)
        marked = BouncedAddress.objects.get(address__iexact=address)
        if marked.created_at != row.created_at:
            return False
        audit.record(actor=None, action="notifications.address_bounced", target=marked, new={"source": source})
        people = get_user_model().objects.filter(email__iexact=address, is_active=True).values_list("pk", flat=True)
        notify(list(people), types.ADDRESS_BOUNCED.code, fingerprint=f"bounce:{marked.pk}")
    return True


def record_report(report: Message) -> list[str]:
    """Take in a report that a mail came back. Returns a line for each recipient that says what was done.

    Only what names a mail that we signed and its true recipient counts: anybody can send us a mail.
    """
    return [_record(bounce) for bounce in bouncing.read_report(report)] or [NO_REPORT]


def _record(bounce: bouncing.Bounce) -> str:
    if bounce.notification_id is None:
        return NOT_OURS
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("notification__recipient")
            .filter(notification_id=bounce.notification_id, channel=Channel.EMAIL)
            .first()
        )
        if delivery is None:
            return NOT_OURS
        notification = delivery.notification
        sent_to = notification.recipient.email if notification.recipient else notification.address
        if sent_to.lower() != bounce.address.lower():
            return f"Notification {notification.pk} goes to another address now: nothing was changed."
        if not bounce.is_final:
            return f"Notification {notification.pk}: {bounce.reason}. The address stays in use."
        if delivery.state in (DeliveryState.SENT, DeliveryState.UNKNOWN):
            delivery.state = DeliveryState.FAILED
            delivery.error = f"It came back: {bounce.reason}"
            delivery.sent_at = None
            delivery.save(update_fields=["state", "error", "sent_at"])
        mark_address(
            address=sent_to,
            reason=bounce.reason,
            source=BouncedAddress.Source.REPORT,
            notification=notification,
        )
    return f"Notification {notification.pk}: the address gets no more mails."


def clear_own_address(*, actor: Any) -> bool:
    """Mail the actor's address again, because they say that it works. Returns whether it was stopped."""
    rate_limit.check("notifications.clear_bounce", key=f"user:{actor.pk}", limit=CLEARS_A_DAY, seconds=24 * 3600)
    with transaction.atomic():
        row = BouncedAddress.objects.select_for_update(of=("self",)).filter(address__iexact=actor.email).first()
        if row is None:
            return False
        _clear(actor, row)
    return True


def clear_address(*, actor: Any, bounce_id: int) -> None:
    """Mail an address again, because a member of staff says so.

    Raises:
        PermissionRefused: The actor may not.
        NotFound: It is not stopped any more.
    """
    permissions.check_clear_bounces(actor)
    with transaction.atomic():
        row = BouncedAddress.objects.select_for_update(of=("self",)).filter(pk=bounce_id).first()
        if row is None:
            raise NotFound("This address is not stopped any more.")
        _clear(actor, row)


def _clear(actor: Any, row: BouncedAddress) -> None:
    audit.record(actor=actor, action="notifications.address_cleared", target=row, old={"reason": row.reason})
    row.delete()

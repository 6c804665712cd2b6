"""Writes notifications and their deliveries in the caller's transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from apps.core import jobs
from apps.notifications import push, registry
from apps.notifications.constants import PUSH_IN_REQUEST, RECIPIENT_CHUNK, Channel, DeliveryState
from apps.notifications.models import Delivery, EmailSuppression, Notification
from apps.notifications.registry import NotificationType
from apps.notifications.rendering import Rendered, reference, render
from apps.notifications.services import wanting

SUPPRESSED = "The address asked for no more e-mails."
FINGERPRINT_LENGTH = 200


@dataclass(frozen=True)
class _Call:
    """What all recipients of one call have in common."""

    kind: NotificationType
    rendered: Rendered
    actor_id: int | None
    subject: str
    fingerprint: str
    batch: UUID

    def row(self, **recipient: Any) -> Notification:
        return Notification(
            type=self.kind.code,
            actor_id=self.actor_id,
            subject=self.subject,
            title=self.rendered.title,
            body=self.rendered.body,
            url=self.rendered.url,
            context=self.rendered.context,
            fingerprint=self.fingerprint,
            batch=self.batch,
            **recipient,
        )


def notify(
    recipients: Iterable[Any],
    type: str,
    *,
    actor: Any = None,
    subject: Any = None,
    context: Mapping[str, Any] | None = None,
    fingerprint: str | None = None,
) -> int:
    """Tell people what happened: on the site, live and by mail, as the type says and each of them wants.

    Part of the caller's transaction: when that fails, nobody hears anything. The number of queries doesn't depend on
    the number of recipients (up to ``RECIPIENT_CHUNK``). Left out: the actor, deactivated accounts, and whoever was
    already told something with the same fingerprint.

    Args:
        recipients: Users or their ids.
        type: Code of a registered type.
        actor: The user who caused it.
        subject: The row it is about; its name fills ``{subject}`` and its page is the link unless the type has another.
        context: Values for the type's words: strings, numbers, dates.
        fingerprint: What makes this the same news as another: ``f"invite:{invite.pk}"``. Without it, all is news.

    Returns:
        How many people were told.

    Raises:
        UnknownType: Nobody registered the type.
        TypeError: A recipient is neither a user nor an id.
    """
    call = _prepare(type, actor=actor, subject=subject, context=context, fingerprint=fingerprint)
    # Always in the same order, so that two calls with one fingerprint wait for each other instead of deadlocking.
    ids = sorted({_user_id(person) for person in recipients} - {call.actor_id})
    told = 0
    with transaction.atomic():
        for start in range(0, len(ids), RECIPIENT_CHUNK):
            told += _notify_chunk(call, ids[start : start + RECIPIENT_CHUNK])
    return told


def emit(
    type: str,
    recipients: Iterable[Any],
    *,
    fingerprint: str,
    actor: Any = None,
    subject: Any = None,
    context: Mapping[str, Any] | None = None,
) -> int:
    """Tell people of something that is news once: ``notify`` with a fingerprint that can't be forgotten."""
    return notify(recipients, type, actor=actor, subject=subject, context=context, fingerprint=fingerprint)


def notify_email(
    address: str,
    type: str,
    *,
    actor: Any = None,
    subject: Any = None,
    context: Mapping[str, Any] | None = None,
    fingerprint: str | None = None,
) -> int:
    """Tell somebody who has no account, by mail only. Otherwise like ``notify``.

    An address that asked for no more mail gets a row that says so, and no mail.

    Raises:
        UnknownType: Nobody registered the type.
        ValidationError: That is no address.
    """
    address = address.strip()
    validate_email(address)
    call = _prepare(type, actor=actor, subject=subject, context=context, fingerprint=fingerprint)
    with transaction.atomic():
        Notification.objects.bulk_create([call.row(address=address, in_app=False)], ignore_conflicts=True)
        row = Notification.objects.filter(
            address__iexact=address, fingerprint=call.fingerprint, batch=call.batch
        ).first()
        if row is None:
            return 0
        suppressed = not call.kind.required and EmailSuppression.objects.filter(address__iexact=address).exists()
        Delivery.objects.create(
            notification=row,
            channel=Channel.EMAIL,
            state=DeliveryState.SKIPPED if suppressed else DeliveryState.PENDING,
            error=SUPPRESSED if suppressed else "",
        )
        if not suppressed:
            jobs.enqueue("notifications.send_email_notification", notification_id=row.pk)
    return 1


def _user_id(person: Any) -> int:
    """A profile's id is a number like a user's: taken for one, it would tell a stranger."""
    if isinstance(person, int) and not isinstance(person, bool):
        return person
    if isinstance(person, get_user_model()) and person.pk is not None:
        return int(person.pk)
    raise TypeError(f"Recipients are users or their ids, not {person!r}.")


def _fingerprint(code: str, given: str) -> str:
    """The type is part of it: two apps that both say "invite:5" mean different news. Long ones are digested."""
    text = f"{code}:{given}"
    return text if len(text) <= FINGERPRINT_LENGTH else f"{code}:{sha256(given.encode()).hexdigest()}"


def _prepare(code: str, *, actor: Any, subject: Any, context: Any, fingerprint: str | None) -> _Call:
    kind = registry.get(code)
    batch = uuid4()
    return _Call(
        kind=kind,
        rendered=render(kind, actor=actor, subject=subject, context=context),
        actor_id=actor.pk if actor is not None else None,
        subject=reference(subject),
        fingerprint=_fingerprint(code, fingerprint or f"once:{batch}"),
        batch=batch,
    )


def _notify_chunk(call: _Call, ids: list[int]) -> int:
    people = {
        user.pk: user
        for user in get_user_model()
        .objects.filter(pk__in=ids, is_active=True)
        .select_related("notification_preference")
        .order_by("pk")
    }
    if not people:
        return 0
    on_site = {pk for pk, user in people.items() if wanting.wants(call.kind, user, Channel.IN_APP)}
    # The constraint decides who is told for the first time, also between two transactions at once.
    Notification.objects.bulk_create(
        [call.row(recipient_id=pk, in_app=pk in on_site) for pk in people], ignore_conflicts=True
    )
    written = list(
        Notification.objects.filter(
            recipient_id__in=people, fingerprint=call.fingerprint, batch=call.batch
        ).values_list("pk", "recipient_id")
    )
    if not written:
        return 0
    deliveries = [delivery for pk, recipient in written for delivery in _deliveries(call.kind, pk, people[recipient])]
    Delivery.objects.bulk_create(deliveries)
    mails = [row for row in deliveries if row.channel == Channel.EMAIL and row.state == DeliveryState.PENDING]
    _start_mails(call.batch, sorted(row.notification_id for row in mails))
    _start_pushes(call.batch, {pk: recipient for pk, recipient in written if recipient in on_site})
    return len(written)


def _deliveries(kind: NotificationType, notification_id: int, user: Any) -> list[Delivery]:
    rows = []
    if wanting.concerns(kind, user, Channel.IN_APP):
        # The row in the list is the delivery.
        refusal = wanting.refuse_in_app(kind, user)
        rows.append(
            Delivery(
                notification_id=notification_id,
                channel=Channel.IN_APP,
                state=DeliveryState.SKIPPED if refusal else DeliveryState.SENT,
                sent_at=None if refusal else timezone.now(),
                error=refusal,
            )
        )
    if wanting.concerns(kind, user, Channel.EMAIL):
        refusal = wanting.refuse_email(kind, user)
        rows.append(
            Delivery(
                notification_id=notification_id,
                channel=Channel.EMAIL,
                state=DeliveryState.SKIPPED if refusal else DeliveryState.PENDING,
                error=refusal,
            )
        )
    return rows


def _start_mails(batch: UUID, ids: list[int]) -> None:
    """One job however many mails: it makes the others, so that the caller's transaction stays short."""
    if len(ids) == 1:
        jobs.enqueue("notifications.send_email_notification", notification_id=ids[0])
    elif ids:
        jobs.enqueue("notifications.fan_out_emails", batch=str(batch), first_id=ids[0], last_id=ids[-1], _queue="bulk")


def _start_pushes(batch: UUID, written: dict[int, int]) -> None:
    """Few are pushed right after commit, many by a job. What a failed push misses, the browser asks for."""
    if not written:
        return
    if len(written) <= PUSH_IN_REQUEST:
        transaction.on_commit(lambda: push.created(written), robust=True)
    else:
        jobs.enqueue("notifications.push_notifications", batch=str(batch), first_id=min(written), last_id=max(written))

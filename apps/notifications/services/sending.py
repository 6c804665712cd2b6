"""Writes notifications and their deliveries in the caller's transaction."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from apps.core import jobs
from apps.notifications import push
from apps.notifications.constants import BULK_FROM, PUSH_IN_REQUEST, RECIPIENT_CHUNK, Channel, DeliveryState
from apps.notifications.models import Delivery, EmailSuppression, Notification
from apps.notifications.registry import NotificationType
from apps.notifications.services import bundling, wanting
from apps.notifications.services.calls import Call, prepare
from apps.notifications.services.posting import post_to_channels

SUPPRESSED = "The address asked for no more e-mails."
# How each channel says why somebody gets nothing there.
REFUSALS = {
    Channel.IN_APP: wanting.refuse_in_app,
    Channel.EMAIL: wanting.refuse_email,
    Channel.DISCORD: wanting.refuse_discord,
}


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
    call = prepare(type, actor=actor, subject=subject, context=context, fingerprint=fingerprint)
    # Always in the same order, so that two calls with one fingerprint wait for each other instead of deadlocking.
    ids = sorted({user_id(person) for person in recipients} - {call.actor_id})
    told = 0
    with transaction.atomic():
        start_deliveries_of(call, post_to_channels(call))
        for start in range(0, len(ids), RECIPIENT_CHUNK):
            told += tell_chunk(call, ids[start : start + RECIPIENT_CHUNK])
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
    call = prepare(type, actor=actor, subject=subject, context=context, fingerprint=fingerprint)
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


def user_id(person: Any) -> int:
    """Return the id of a user, or the id itself.

    A profile's id is a number like a user's: taken for one, it would tell a stranger.
    """
    if isinstance(person, int) and not isinstance(person, bool):
        return person
    if isinstance(person, get_user_model()) and person.pk is not None:
        return int(person.pk)
    raise TypeError(f"Recipients are users or their ids, not {person!r}.")


def tell_chunk(call: Call, ids: list[int], *, bulk: bool = False) -> int:
    """Tell up to ``RECIPIENT_CHUNK`` users, given by their ids in order. Returns how many had not heard it."""
    people = {
        user.pk: user
        for user in get_user_model()
        .objects.filter(pk__in=ids, is_active=True)
        .select_related("notification_preference", "personal_webhook")
        .order_by("pk")
    }
    if not people:
        return 0
    on_site = {pk for pk, user in people.items() if wanting.wants(call.kind, user, Channel.IN_APP)}
    # The constraint decides who is told for the first time, also between two transactions at once.
    before = bundling.unread_before(call, people)
    Notification.objects.bulk_create(
        [bundling.row_for(call, pk, in_app=pk in on_site, before=before.get(pk)) for pk in people],
        ignore_conflicts=True,
    )
    written = list(
        Notification.objects.filter(
            recipient_id__in=people, fingerprint=call.fingerprint, batch=call.batch
        ).values_list("pk", "recipient_id")
    )
    if not written:
        return 0
    deliveries = [delivery for pk, recipient in written for delivery in _deliveries(call.kind, pk, people[recipient])]
    if call.bundle_key:
        bundling.hide(before, dict(written))
        bundling.space(deliveries, before, dict(written))
    going_out = [row for row in deliveries if row.state == DeliveryState.PENDING]
    for row in going_out:
        row.bulk = bulk or len(going_out) >= BULK_FROM
    Delivery.objects.bulk_create(deliveries)
    start_deliveries_of(call, going_out)
    _start_pushes(call.batch, {pk: recipient for pk, recipient in written if recipient in on_site})
    return len(written)


def _deliveries(kind: NotificationType, notification_id: int, user: Any) -> list[Delivery]:
    rows = []
    for channel, refuse in REFUSALS.items():
        if wanting.concerns(kind, user, channel):
            refusal = refuse(kind, user)
            # On the site the row in the list is the delivery.
            done = DeliveryState.SENT if channel == Channel.IN_APP else DeliveryState.PENDING
            state = DeliveryState.SKIPPED if refusal else done
            rows.append(
                Delivery(
                    notification_id=notification_id,
                    channel=channel,
                    state=state,
                    sent_at=timezone.now() if state == DeliveryState.SENT else None,
                    error=refusal,
                )
            )
    return rows


def start_deliveries_of(call: Call, deliveries: list[Delivery]) -> None:
    """One job however many people: it makes the others, so that the caller's transaction stays short."""
    ids = sorted({delivery.notification_id for delivery in deliveries})
    if len(ids) > 1:
        jobs.enqueue(
            "notifications.fan_out_emails", batch=str(call.batch), first_id=ids[0], last_id=ids[-1], _queue="bulk"
        )
        return
    for delivery in deliveries:
        at = delivery.not_before
        if delivery.channel == Channel.EMAIL:
            jobs.enqueue("notifications.send_email_notification", notification_id=ids[0], _run_at=at)
        else:
            data = {"notification_id": ids[0]}
            jobs.enqueue("notifications.send_discord_notification", notification_data=data, _run_at=at)


def _start_pushes(batch: UUID, written: dict[int, int]) -> None:
    """Few are pushed right after commit, many by a job. What a failed push misses, the browser asks for."""
    if not written:
        return
    if len(written) <= PUSH_IN_REQUEST:
        transaction.on_commit(lambda: push.created(written), robust=True)
    else:
        jobs.enqueue("notifications.push_notifications", batch=str(batch), first_id=min(written), last_id=max(written))

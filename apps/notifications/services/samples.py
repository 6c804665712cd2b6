"""A notification of any kind that a member of staff sends to themselves, to see how it looks and whether it arrives."""

from string import Formatter
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from apps.core import audit, jobs
from apps.core.errors import Conflict, DomainError
from apps.notifications import permissions, push, registry
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification
from apps.notifications.registry import NotificationType
from apps.notifications.rendering import verbatim

ENQUEUE = {
    Channel.EMAIL.value: lambda pk: jobs.enqueue("notifications.send_email_notification", notification_id=pk),
    Channel.DISCORD.value: lambda pk: jobs.enqueue(
        "notifications.send_discord_notification", notification_data={"notification_id": pk}
    ),
}


def send_sample(*, actor: Any, type: str, channel: str) -> Notification:
    """Send the actor a notification of this kind by this channel only, with its words' names in the place of values.

    Raises:
        PermissionRefused: The actor may not.
        DomainError: There is no such kind or channel, or its words are made when it is sent.
        Conflict: The actor has no such channel.
    """
    permissions.check_requeue(actor)
    kind = registry.find(type)
    if kind is None or kind.mail_words is not None:
        raise DomainError("Choose a kind from the list.", field="type")
    if channel not in Channel.values:
        raise DomainError("Choose a channel from the list.", field="channel")
    if channel == Channel.EMAIL and not actor.email:
        raise Conflict("Your account has no e-mail address.", field="channel")
    if channel == Channel.DISCORD and not permissions.own_webhooks(actor).working().exists():
        raise Conflict("You have no Discord channel that works. Connect one in your preferences.", field="channel")
    with transaction.atomic():
        row = _row(kind, actor, in_app=channel == Channel.IN_APP)
        row.save()
        shown = channel == Channel.IN_APP
        delivery = Delivery.objects.create(
            notification=row,
            channel=channel,
            state=DeliveryState.SENT if shown else DeliveryState.PENDING,
            sent_at=timezone.now() if shown else None,
        )
        audit.record(
            actor=actor,
            action="notifications.sample_sent",
            target=delivery,
            new={"type": kind.code, "channel": channel},
        )
        if shown:
            transaction.on_commit(lambda: push.created({row.pk: actor.pk}), robust=True)
        else:
            ENQUEUE[channel](row.pk)
    return row


def _row(kind: NotificationType, actor: Any, *, in_app: bool) -> Notification:
    words = _names(kind)
    url = "" if callable(kind.url) else kind.url
    # A made-up address leads nowhere; one without names is the true one.
    rendered = verbatim(
        kind,
        title=kind.title.format_map(words),
        body=kind.body.format_map(words),
        url=url if "{" not in url else "",
        context=words,
    )
    batch = uuid4()
    return Notification(
        recipient_id=actor.pk,
        type=kind.code,
        title=rendered.title,
        body=rendered.body,
        url=rendered.url,
        context=rendered.context,
        fingerprint=f"sample:{batch}",
        batch=batch,
        in_app=in_app,
    )


def _names(kind: NotificationType) -> dict[str, str]:
    """Return each word that the kind asks for, as "[its name]". The mail's own ``{title}`` is filled in by the mail."""
    asked = {text: {name for _, name, _, _ in Formatter().parse(text) if name} for text in (kind.title, kind.body)}
    of_mail = {name for _, name, _, _ in Formatter().parse(kind.mail_subject) if name} - {"title"}
    return {name: f"[{name.replace('_', ' ')}]" for name in sorted(of_mail.union(*asked.values()))}

"""Has a delivery tried again because a member of staff says so."""

from typing import Any

from django.db import transaction

from apps.core import audit
from apps.core.errors import Conflict, NotFound
from apps.notifications import permissions
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery
from apps.notifications.services.deliveries import discord, email

ENQUEUE = {Channel.EMAIL.value: email.enqueue, Channel.DISCORD.value: discord.enqueue}


def requeue(*, actor: Any, delivery_id: int) -> Delivery:
    """Try a delivery again that failed or is unclear.

    Raises:
        PermissionRefused: The actor may not.
        NotFound: There is no such delivery.
        Conflict: It is in no such state, or has no channel that can be tried again.
    """
    permissions.check_requeue(actor)
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound("This delivery does not exist any more.")
        old = delivery.state
        if old not in (DeliveryState.FAILED, DeliveryState.UNKNOWN) or delivery.channel not in ENQUEUE:
            raise Conflict(f"Only what failed or is unclear can be sent again; this one is {old}.")
        delivery.state = DeliveryState.PENDING
        delivery.attempts = 0
        delivery.not_before = None
        delivery.save(update_fields=["state", "attempts", "not_before"])
        audit.record(
            actor=actor,
            action="notifications.delivery_requeued",
            target=delivery,
            old={"state": old, "error": delivery.error},
            new={"state": DeliveryState.PENDING},
        )
        ENQUEUE[delivery.channel](delivery)
    return delivery

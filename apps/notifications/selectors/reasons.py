"""Why somebody got a notification, and what became of it on each way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.notifications import registry
from apps.notifications.constants import Channel, DeliveryState
from apps.notifications.models import Delivery, Notification, NotificationPreference
from apps.notifications.registry import NotificationType
from apps.notifications.rendering import display_name
from apps.notifications.selectors.inbox import find

NOT_REGISTERED = "This kind of news does not exist any more."


@dataclass(frozen=True)
class Way:
    """One way to the person: whether it was taken, when, and whose choice that is."""

    label: str
    state: str
    at: datetime | None
    reason: str
    choice: str


@dataclass(frozen=True)
class Reasons:
    notification: Notification
    # "Rafi did something", or nothing when the platform itself told it.
    caused_by: str
    kind_label: str
    group_label: str
    ways: list[Way]


def why(viewer: Any, notification_id: int) -> Reasons | None:
    """Return why the viewer got this; somebody else's is as good as absent. Four queries."""
    row = find(viewer, notification_id)
    if row is None:
        return None
    kind = registry.find(row.type)
    preference = NotificationPreference.objects.filter(user_id=viewer.pk).first()
    deliveries = {delivery.channel: delivery for delivery in row.deliveries.order_by("pk")}
    return Reasons(
        notification=row,
        caused_by=display_name(row.actor) if row.actor else "",
        kind_label=kind.label if kind else NOT_REGISTERED,
        group_label=row.group,
        ways=[
            _way(channel, deliveries.get(channel), kind, preference)
            for channel in Channel
            if channel in deliveries or (kind and channel == Channel.EMAIL)
        ],
    )


def _way(
    channel: Channel,
    delivery: Delivery | None,
    kind: NotificationType | None,
    preference: NotificationPreference | None,
) -> Way:
    choice = preference.choice(kind.code, channel) if kind and preference else None
    if kind and kind.required:
        words = "It is about the safety of your account, so it always comes."
    elif choice is not None:
        words = "You chose this." if choice else "You switched this off."
    elif kind:
        words = "This is how it comes until you say otherwise." if kind.goes_by(channel) else "Off until you want it."
    else:
        words = ""
    if delivery is None:
        return Way(label=channel.label, state="Not sent", at=None, reason="", choice=words)
    state = (
        "Shown" if channel == Channel.IN_APP and delivery.state == DeliveryState.SENT else delivery.get_state_display()
    )
    return Way(label=channel.label, state=state, at=delivery.sent_at, reason=delivery.error, choice=words)

"""What managers of Discord channels see of them. Who calls has asked the rules; nothing here holds a secret."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from apps.notifications.constants import DeliveryState
from apps.notifications.models import Delivery, Webhook


@dataclass(frozen=True)
class ChannelRow:
    """One channel with what became of the last thing that was posted there."""

    webhook: Webhook
    last_state: str
    last_at: datetime | None
    last_error: str

    @property
    def last_words(self) -> str:
        return DeliveryState(self.last_state).label if self.last_state else ""


def webhooks_of(owner: str) -> list[ChannelRow]:
    """Return the channels of an owner like ``teams.team:12``, the oldest first, in one query."""
    last = Delivery.objects.filter(notification__webhook=OuterRef("pk")).order_by("-pk")
    rows = (
        Webhook.objects.of(owner)
        .order_by("pk")
        .annotate(
            last_state=Subquery(last.values("state")[:1]),
            last_at=Subquery(last.values("created_at")[:1]),
            last_error=Subquery(last.values("error")[:1]),
        )
    )
    return [
        ChannelRow(
            webhook=row,
            last_state=row.last_state or "",
            last_at=row.last_at,
            last_error=row.last_error or "",
        )
        for row in rows
    ]


def webhook_of(owner: str, webhook_id: int) -> Webhook | None:
    """Return one of the owner's channels; another's is as good as absent."""
    return Webhook.objects.of(owner).filter(pk=webhook_id).first()

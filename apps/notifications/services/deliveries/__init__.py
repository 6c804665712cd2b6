"""Takes deliveries to where they go, each once."""

from apps.notifications.services.deliveries.discord import deliver_discord
from apps.notifications.services.deliveries.email import deliver_email
from apps.notifications.services.deliveries.requeueing import requeue
from apps.notifications.services.deliveries.steps import settle_interrupted

__all__ = ["deliver_discord", "deliver_email", "requeue", "settle_interrupted"]

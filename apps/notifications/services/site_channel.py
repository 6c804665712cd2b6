"""The Discord channel that the environment names, as a row like the others."""

from django.conf import settings

from apps.notifications.constants import SITE_OWNER, WebhookKind
from apps.notifications.discord import addresses, sealing
from apps.notifications.models import Webhook


def ensure_site_webhook() -> None:
    """Know the channel of ``DISCORD_WEBHOOK_URL``. One that staff took away stays away."""
    if not settings.DISCORD_WEBHOOK_URL:
        return
    address = addresses.parse(settings.DISCORD_WEBHOOK_URL)
    if Webhook.objects.filter(owner=SITE_OWNER, discord_id=address.discord_id).exists():
        return
    row = Webhook(
        kind=WebhookKind.SITE,
        owner=SITE_OWNER,
        name="From DISCORD_WEBHOOK_URL",
        discord_id=address.discord_id,
        sealed_token=sealing.seal(address.token),
    )
    Webhook.objects.bulk_create([row], ignore_conflicts=True)

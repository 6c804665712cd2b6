"""What the store tells people, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

BACK_IN_STOCK = NotificationType(
    code="ecommerce.back_in_stock",
    group="store",
    label="Something you wait for is back in stock",
    title="{product} is back",
    body="{variant} is in stock again. You asked to hear; we tell you once.",
    action="See it in the store",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
    icon="package",
)


def register_all() -> None:
    register(BACK_IN_STOCK)

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
REVIEW_PUBLISHED = NotificationType(
    code="ecommerce.review_published",
    group="store",
    label="Your review is shown",
    title="Your review of {product} is shown",
    body="Thank you: it helps others choose.",
    action="See it in the store",
    icon="star",
)
REVIEW_REJECTED = NotificationType(
    code="ecommerce.review_rejected",
    group="store",
    label="Your review is not shown",
    title="Your review of {product} is not shown",
    body="{why} You can write it anew on the product's page.",
    action="Write it anew",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
    icon="star",
)
DIGITAL_DELIVERED = NotificationType(
    code="ecommerce.digital_delivered",
    group="store",
    label="Something digital that you bought is there",
    title="{product} is there",
    body="You find it on the page of order {number}. It is not in this mail, so that nobody else reads it.",
    action="Open the order",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
    icon="package",
)


def register_all() -> None:
    for kind in (BACK_IN_STOCK, REVIEW_PUBLISHED, REVIEW_REJECTED, DIGITAL_DELIVERED):
        register(kind)

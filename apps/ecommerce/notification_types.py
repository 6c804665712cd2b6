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


def _order(
    code: str, label: str, title: str, body: str, *, mailed: bool = True, icon: str = "package"
) -> NotificationType:
    """Describe one kind of news about an order. Its link is the order's page."""
    return NotificationType(
        code=f"ecommerce.{code}",
        group="store",
        label=label,
        title=title,
        body=body,
        action="Open the order",
        channels=frozenset({Channel.IN_APP, Channel.EMAIL}) if mailed else frozenset({Channel.IN_APP}),
        icon=icon,
    )


ORDERS = (
    _order("order_placed", "Your order was placed", "Order {number}: {sum}", "{next}", icon="receipt"),
    _order("order_confirmed", "Your order is confirmed", "Order {number} is confirmed", "We pack it next.{why}"),
    _order("order_processing", "Your order is being packed", "Order {number} is being packed", "{why}", mailed=False),
    _order("order_shipped", "Your order is on its way", "Order {number} is on its way", "The courier has it.{why}"),
    _order(
        "order_delivered",
        "Your order was delivered",
        "Order {number} was delivered",
        "Something is missing or wrong? Write to support, with the number.{why}",
    ),
    _order(
        "order_completed",
        "Your order is completed",
        "Order {number} is completed",
        "What is it like? A review helps others choose; the order's page leads to it.{why}",
        mailed=False,
    ),
    _order(
        "order_cancelled",
        "Your order was cancelled",
        "Order {number} was cancelled",
        "What you paid in coins is back in your wallet; what you sent in taka we send back.{why}",
        icon="circle-x",
    ),
    _order("order_refunded", "Your order was refunded", "Order {number}: all came back", "{why}", icon="history"),
    _order(
        "payment_rejected",
        "We did not find your payment",
        "Order {number}: we did not find your payment",
        "Reason:{why} You have 24 hours for a second try; the order is kept for you.",
        icon="triangle-alert",
    ),
    _order(
        "money_returned",
        "Money was sent back to you",
        "Order {number}: {amount} sent back",
        "By {how}, {reference}.{why}",
        icon="history",
    ),
)


def register_all() -> None:
    for kind in (BACK_IN_STOCK, REVIEW_PUBLISHED, REVIEW_REJECTED, DIGITAL_DELIVERED, *ORDERS):
        register(kind)

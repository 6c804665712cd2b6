"""What the ledger tells players, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

COINS_IN = NotificationType(
    code="economy.coins_in",
    group="coins",
    label="Coins come into your wallet",
    title="{amount} for you",
    body="{why}. Your balance is {balance}.",
    action="See the entry",
    channels=frozenset({Channel.IN_APP}),
    icon="coins",
)
COINS_OUT = NotificationType(
    code="economy.coins_out",
    group="coins",
    label="Coins are taken out of your wallet by somebody else",
    title="{amount} left your wallet",
    body="{why}. Your balance is {balance}.",
    action="See the entry",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
    icon="coins",
)


def register_all() -> None:
    register(COINS_IN)
    register(COINS_OUT)

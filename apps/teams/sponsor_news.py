"""What captains are told about sponsors and promotions, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

IN_APP = frozenset({Channel.IN_APP})
IN_APP_AND_MAIL = frozenset({Channel.IN_APP, Channel.EMAIL})


def _news(code: str, label: str, title: str, body: str, channels: frozenset[str] = IN_APP) -> NotificationType:
    return NotificationType(
        code=f"teams.{code}",
        group="teams",
        label=label,
        title=title,
        body=body,
        url="{url}",
        action="See sponsors and promotions",
        channels=channels,
        icon="megaphone",
    )


ALL = (
    _news(
        "sponsor_approved",
        "A sponsor is approved",
        "{sponsor} is approved as sponsor of {team}",
        "It is shown on your team page from {starts} to {ends}.",
        IN_APP_AND_MAIL,
    ),
    _news(
        "sponsor_rejected",
        "A sponsor is rejected",
        "{sponsor} can't be shown as sponsor of {team}",
        "{reason}",
        IN_APP_AND_MAIL,
    ),
    _news(
        "sponsor_cancelled",
        "Staff end a sponsorship",
        "{sponsor} is no longer shown on the page of {team}",
        "{reason}",
        IN_APP_AND_MAIL,
    ),
    _news(
        "sponsor_ended",
        "A sponsorship ends",
        "The sponsorship of {sponsor} for {team} has ended",
        "Its last day was {ends}. You can propose it again.",
    ),
    _news(
        "promotion_scheduled",
        "Your team gets a promotion",
        "{team} will be promoted",
        "{place}, from {starts} to {ends}.",
    ),
    _news("promotion_started", "A promotion begins", "{team} is promoted now", "{place}, until {ends}."),
    _news("promotion_ended", "A promotion ends", "The promotion of {team} has ended", "{place}, until {ends}."),
    _news(
        "promotion_cancelled",
        "A promotion is cancelled",
        "The promotion of {team} is cancelled",
        "{place}, {starts} to {ends}.",
    ),
)


def register_all() -> None:
    for notification_type in ALL:
        register(notification_type)

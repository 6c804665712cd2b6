"""What a team is told about its shelf and its practice, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

IN_APP = frozenset({Channel.IN_APP})


def _news(code: str, label: str, title: str, body: str, *, icon: str, action: str) -> NotificationType:
    return NotificationType(
        code=f"teams.{code}",
        group="teams",
        label=label,
        title=title,
        body=body,
        url="{url}",
        action=action,
        channels=IN_APP,
        icon=icon,
    )


ACHIEVEMENTS = (
    _news(
        "achievement_earned",
        "Your team's results reach something",
        "{team}: {title}",
        "Your results have earned it. It stands on the shelf and counts in the ranking.",
        icon="trophy",
        action="See the shelf",
    ),
    _news(
        "achievement_confirmed",
        "Staff confirm an achievement",
        "{title} of {team} is confirmed",
        "It counts in the ranking from tonight on.",
        icon="trophy",
        action="See the shelf",
    ),
    _news(
        "achievement_rejected",
        "Staff reject an achievement",
        "{title} of {team} can't be confirmed",
        "{reason}",
        icon="trophy",
        action="See the shelf",
    ),
)


def register_all() -> None:
    for notification_type in ACHIEVEMENTS:
        register(notification_type)

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

PRACTICE = (
    _news(
        "practice_planned",
        "Practice is planned",
        "{team} plans: {title}",
        "{when}.{place}{more} Say whether you come.",
        icon="calendar",
        action="Answer",
    ),
    _news(
        "practice_moved",
        "Practice is moved",
        "{title} of {team} is moved",
        "It is now {when}.{place}{more} Answers for the old time are gone: say again whether you come.",
        icon="calendar",
        action="Answer",
    ),
    _news(
        "practice_changed",
        "Practice changes in another way",
        "{title} of {team} has changed",
        "{when}.{place}{more}",
        icon="calendar",
        action="See what changed",
    ),
    _news(
        "practice_cancelled",
        "Practice is cancelled",
        "{title} of {team} is cancelled",
        "It was planned for {when}.{more}",
        icon="calendar",
        action="See the calendar",
    ),
    _news(
        "practice_restored",
        "Cancelled practice takes place after all",
        "{title} of {team} takes place after all",
        "{when}.{place}",
        icon="calendar",
        action="Answer",
    ),
    _news(
        "practice_reminder",
        "Practice begins in half an hour",
        "{title} of {team} begins in {minutes} minutes",
        "{when}.{place}",
        icon="clock",
        action="See who comes",
    ),
)


def register_all() -> None:
    for notification_type in (*ACHIEVEMENTS, *PRACTICE):
        register(notification_type)

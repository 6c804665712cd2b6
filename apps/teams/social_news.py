"""What a team's followers hear, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

IN_APP = frozenset({Channel.IN_APP})

FOLLOWED_RESULT = NotificationType(
    code="teams.followed_result",
    group="teams",
    label="Results of teams you follow",
    title="{team}: {how} {tournament}",
    body="The result is in, and the points follow at the next count.",
    url="{url}",
    action="See the team",
    channels=IN_APP,
    icon="trophy",
)

ALL = (FOLLOWED_RESULT,)


def register_all() -> None:
    for notification_type in ALL:
        register(notification_type)

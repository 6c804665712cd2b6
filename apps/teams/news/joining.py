"""What people are told about requests to join a team, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

IN_APP = frozenset({Channel.IN_APP})
IN_APP_AND_MAIL = frozenset({Channel.IN_APP, Channel.EMAIL})

ALL = (
    NotificationType(
        code="teams.join_request",
        group="teams",
        label="Someone asks to join your team",
        title="{actor} asks to join {team}",
        body="{words}",
        url="{url}",
        action="Answer the request",
        channels=IN_APP_AND_MAIL,
        icon="user-plus",
    ),
    NotificationType(
        code="teams.join_request_accepted",
        group="teams",
        label="A team accepts your request",
        title="You are in {team}",
        body="{team} accepted your request. Say hello in the chat.",
        url="{url}",
        action="See the team",
        channels=IN_APP_AND_MAIL,
        icon="user-check",
    ),
    NotificationType(
        code="teams.join_request_declined",
        group="teams",
        label="A team declines your request",
        title="{team} said no to your request",
        body="{words}",
        url="{url}",
        action="Find another team",
        channels=IN_APP,
        icon="x",
    ),
)


def register_all() -> None:
    for notification_type in ALL:
        register(notification_type)

"""What followers, members and authors hear, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

IN_APP = frozenset({Channel.IN_APP})


def _news(code: str, label: str, title: str, *, body: str = "", action: str = "Read it", icon: str) -> NotificationType:
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


ALL = (
    _news(
        "followed_result",
        "Results of teams you follow",
        "{team}: {how} {tournament}",
        body="The result is in, and the points follow at the next count.",
        action="See the team",
        icon="trophy",
    ),
    _news("followed_post", "Posts of teams you follow", "{team}: {title}", icon="megaphone"),
    _news("announcement", "Announcements of your teams", "{team}: {title}", icon="megaphone"),
    _news(
        "post_waiting",
        "A member's post waits for you",
        "{actor} wants to publish “{title}”",
        body="It waits for a captain of {team}.",
        action="Decide about it",
        icon="inbox",
    ),
    _news(
        "post_approved", "Your post is published", "“{title}” is published", body="{team} shows it now.", icon="check"
    ),
    _news(
        "post_rejected",
        "Your post is sent back",
        "“{title}” was sent back",
        body="{actor} says why: {reason}",
        action="Change it",
        icon="rotate-ccw",
    ),
    _news(
        "post_removed",
        "Your post is removed",
        "“{title}” was removed",
        body="The reason: {reason}",
        action="See it",
        icon="trash-2",
    ),
    _news(
        "talk_removed",
        "Staff remove what you wrote on a board or in a chat",
        "Staff removed your {what}",
        body="In {team}. The reason: {reason}",
        action="See the team",
        icon="trash-2",
    ),
    _news(
        "board_mention",
        "Someone names you on a team's board",
        "{actor} mentioned you in “{title}”",
        body="On the board of {team}.",
        icon="at-sign",
    ),
    _news(
        "board_reply",
        "Someone replies to your thread",
        "{actor} replied to “{title}”",
        body="On the board of {team}.",
        icon="messages-square",
    ),
)


def register_all() -> None:
    for notification_type in ALL:
        register(notification_type)

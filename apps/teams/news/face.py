"""What captains are told about the verified mark, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

IN_APP_AND_MAIL = frozenset({Channel.IN_APP, Channel.EMAIL})


def _news(code: str, label: str, title: str, body: str) -> NotificationType:
    return NotificationType(
        code=f"teams.{code}",
        group="teams",
        label=label,
        title=title,
        body=body,
        url="{url}",
        action="See the verification",
        channels=IN_APP_AND_MAIL,
        icon="badge-check",
    )


ALL = (
    _news(
        "verification_approved",
        "Staff verify your team",
        "{team} is verified",
        "The mark stands on your page and in every list.",
    ),
    _news(
        "verification_rejected",
        "Staff can't verify your team yet",
        "{team} can't be verified yet",
        "{reason} You can ask again after seven days.",
    ),
)


def register_all() -> None:
    for notification_type in ALL:
        register(notification_type)

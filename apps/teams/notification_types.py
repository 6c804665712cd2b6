"""What teams tell people, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

IN_APP = frozenset({Channel.IN_APP})
IN_APP_AND_MAIL = frozenset({Channel.IN_APP, Channel.EMAIL})

INVITE = NotificationType(
    code="teams.team_invite",
    group="teams",
    label="Team invitations",
    title="{actor} invites you to {team}",
    body="{team} plays {game} and wants you as {role}. The invitation runs out on {expires}.",
    url="{url}",
    action="See the invitation",
    channels=IN_APP_AND_MAIL,
    icon="mail",
)
INVITE_WAITING = NotificationType(
    code="teams.invite_waiting",
    group="teams",
    label="Invitations that came before you had an account",
    title="{actor} invites you to {team}",
    body="The invitation to your e-mail address waits for you. It runs out on {expires}.",
    url="{url}",
    action="See the invitation",
    channels=IN_APP,
    icon="mail",
)
INVITE_ACCEPTED = NotificationType(
    code="teams.invite_accepted",
    group="teams",
    label="Someone accepts an invitation",
    title="{actor} joined {team}",
    body="{actor} accepted the invitation and plays as {role}.",
    action="See the roster",
    channels=IN_APP,
    icon="check",
)
INVITE_DECLINED = NotificationType(
    code="teams.invite_declined",
    group="teams",
    label="Someone declines an invitation",
    title="{actor} declined to join {team}",
    url="{url}",
    action="Invite someone else",
    channels=IN_APP,
    icon="x",
)
MEMBER_JOINED = NotificationType(
    code="teams.member_joined",
    group="teams",
    label="Someone joins your team",
    title="{member} joined {team}",
    action="See the roster",
    channels=IN_APP,
    icon="users",
)
MEMBER_LEFT = NotificationType(
    code="teams.member_left",
    group="teams",
    label="Someone leaves your team",
    title="{member} left {team}",
    action="See the roster",
    channels=IN_APP,
    icon="users",
)
REMOVED = NotificationType(
    code="teams.removed",
    group="teams",
    label="You are removed from a team",
    title="You are no longer in {team}",
    body="The captains of {team} took you off the roster.",
    url="{url}",
    channels=IN_APP_AND_MAIL,
    icon="users",
)
CAPTAIN_CHANGED = NotificationType(
    code="teams.captain_changed",
    group="teams",
    label="Your team gets another captain",
    title="{member} is now captain of {team}",
    action="See the team",
    channels=IN_APP_AND_MAIL,
    icon="crown",
)

ALL = (INVITE, INVITE_WAITING, INVITE_ACCEPTED, INVITE_DECLINED, MEMBER_JOINED, MEMBER_LEFT, REMOVED, CAPTAIN_CHANGED)


def register_all() -> None:
    for notification_type in ALL:
        register(notification_type)

"""What teams tell people, and the words."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

IN_APP = frozenset({Channel.IN_APP})
IN_APP_AND_MAIL = frozenset({Channel.IN_APP, Channel.EMAIL})

# Whose Discord channels hear of it too: those of the team that the news is about.
TEAM_CHANNELS = "teams.team"

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
    posts_to=TEAM_CHANNELS,
    label="Someone joins your team",
    title="{member} joined {team}",
    action="See the roster",
    channels=IN_APP,
    icon="users",
)
MEMBER_LEFT = NotificationType(
    code="teams.member_left",
    group="teams",
    posts_to=TEAM_CHANNELS,
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
    posts_to=TEAM_CHANNELS,
    label="Your team gets another captain",
    title="{member} is now captain of {team}",
    action="See the team",
    channels=IN_APP_AND_MAIL,
    icon="crown",
)

ROLE_CHANGED = NotificationType(
    code="teams.role_changed",
    group="teams",
    label="Your role in a team changes",
    title="You are now {role} in {team}",
    action="See the team",
    channels=IN_APP,
    icon="users",
)
SET_INACTIVE = NotificationType(
    code="teams.set_inactive",
    group="teams",
    label="You are set inactive in a team",
    title="You are inactive in {team}",
    body="You still belong to the team, without a place on its roster. Its captains can bring you back.",
    action="See the team",
    channels=IN_APP_AND_MAIL,
    icon="users",
)
BROUGHT_BACK = NotificationType(
    code="teams.brought_back",
    group="teams",
    label="You are back on a team's roster",
    title="You are back on the roster of {team}",
    action="See the team",
    channels=IN_APP_AND_MAIL,
    icon="users",
)
BANNED = NotificationType(
    code="teams.banned",
    group="teams",
    label="You are banned from a team",
    title="You are banned from {team}",
    body="The captains say why: {reason}",
    url="{url}",
    channels=IN_APP_AND_MAIL,
    icon="users",
)
UNBANNED = NotificationType(
    code="teams.unbanned",
    group="teams",
    label="A ban from a team is lifted",
    title="{team} lifted your ban",
    body="You can be invited again.",
    url="{url}",
    channels=IN_APP,
    icon="users",
)
CAPTAINCY_OFFERED = NotificationType(
    code="teams.captaincy_offered",
    group="teams",
    label="A captain wants to hand the team over to you",
    title="{captain} wants you as captain of {team}",
    body="Nothing changes until you accept. The offer runs out on {expires}.",
    url="{url}",
    action="See the offer",
    channels=IN_APP_AND_MAIL,
    icon="crown",
)
CAPTAINCY_DECLINED = NotificationType(
    code="teams.captaincy_declined",
    group="teams",
    label="Someone declines to become captain",
    title="{successor} does not want to become captain of {team}",
    url="{url}",
    action="See the roster",
    channels=IN_APP,
    icon="crown",
)
POINTS_ADJUSTED = NotificationType(
    code="teams.points_adjusted",
    group="teams",
    label="Staff adjust your team's points",
    title="{team}: {amount} points",
    body="Staff adjusted the points of {team}. Reason: {reason}",
    url="{url}",
    action="See where the points come from",
    channels=IN_APP,
    icon="trophy",
)
RENAMED = NotificationType(
    code="teams.renamed",
    group="teams",
    posts_to=TEAM_CHANNELS,
    label="Your team gets another name",
    title="{old} is now {team}",
    action="See the team",
    channels=IN_APP,
    icon="pencil",
)
DISBANDED = NotificationType(
    code="teams.disbanded",
    group="teams",
    label="Your team disbands",
    title="{team} has disbanded",
    body="You are free to join another team.",
    url="{url}",
    action="Find a team",
    channels=IN_APP_AND_MAIL,
    icon="users",
)
RESTORABLE = NotificationType(
    code="teams.restorable",
    group="teams",
    label="You can restore a team that disbanded",
    title="{team} has disbanded",
    body="You can bring it back until {until}. After that its name is free for others.",
    url="{url}",
    action="Restore team",
    channels=IN_APP_AND_MAIL,
    icon="rotate-ccw",
)
CHAT_MENTION = NotificationType(
    code="teams.chat_mention",
    group="teams",
    label="Someone names you in a team chat",
    title="{actor} mentioned you in the chat of {team}",
    bundle="{actor} and {others} mentioned you in the chat of {team}",
    url="{url}",
    action="Open the chat",
    channels=IN_APP,
    icon="at-sign",
)
CHAT_REPLY = NotificationType(
    code="teams.chat_reply",
    group="teams",
    label="Someone answers you in a team chat",
    title="{actor} answered you in the chat of {team}",
    bundle="{actor} and {others} answered you in the chat of {team}",
    url="{url}",
    action="Open the chat",
    channels=IN_APP,
    icon="messages-square",
)

ALL = (
    INVITE,
    INVITE_WAITING,
    INVITE_ACCEPTED,
    INVITE_DECLINED,
    MEMBER_JOINED,
    MEMBER_LEFT,
    REMOVED,
    CAPTAIN_CHANGED,
    ROLE_CHANGED,
    SET_INACTIVE,
    BROUGHT_BACK,
    BANNED,
    UNBANNED,
    CAPTAINCY_OFFERED,
    CAPTAINCY_DECLINED,
    POINTS_ADJUSTED,
    RENAMED,
    DISBANDED,
    RESTORABLE,
    CHAT_MENTION,
    CHAT_REPLY,
)


def register_all() -> None:
    for notification_type in ALL:
        register(notification_type)

"""The chat as one member sees it: a page of history, and what changed since."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, QuerySet

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.teams import permissions
from apps.teams.constants import CHAT_EMOJI, CHAT_PAGE, CHAT_PORTION, CHAT_UNREAD_CAP
from apps.teams.models import ChatMessage, ChatReaction, ChatReader, Team, TeamChat
from apps.teams.permissions import Standing
from apps.teams.permissions.talk_reports import can_report_talk

LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Reaction:
    emoji: str
    label: str
    names: str
    count: int
    is_mine: bool


@dataclass(frozen=True)
class Entry:
    """A message with what this viewer may do to it. Few rights cost no query: they are asked of what is there."""

    message: ChatMessage
    is_own: bool
    names_viewer: bool
    can_edit: bool
    can_delete: bool
    can_react: bool
    can_report: bool
    reactions: tuple[Reaction, ...]


@dataclass(frozen=True)
class History:
    """``revision`` was read before the messages, so whoever asks for what is above it misses nothing."""

    entries: list[Entry]
    older_before: int | None
    revision: int
    first_unread: int | None
    unread: int
    muted: bool


@dataclass(frozen=True)
class Changes:
    entries: list[Entry]
    revision: int
    more: bool


def history(standing: Standing, *, before: int | None = None) -> History:
    """Return one page, oldest first; ``before`` is the number above it. Eight queries for any page of any chat."""
    permissions.check_chat(standing)
    team = standing.team
    revision = revision_of(team.pk)
    rows = _shown(team)
    if before is not None:
        rows = rows.filter(number__lt=min(max(before, 0), LARGEST))
    found = list(rows.order_by("-number")[: CHAT_PAGE + 1])
    shown = found[:CHAT_PAGE]
    reader = _reader(standing)
    return History(
        entries=[_entry(message, standing) for message in reversed(shown)],
        older_before=shown[-1].number if len(found) > CHAT_PAGE else None,
        revision=revision,
        first_unread=next((m.number for m in reversed(shown) if _is_news(m, reader, standing)), None),
        unread=unread_count(standing),
        muted=reader.muted,
    )


def changes(standing: Standing, *, after: int) -> Changes:
    """Return the messages that were sent or changed above revision ``after``, in that order, each as it is now.

    Complete, because a chat's revisions are committed in their order. Four queries, one if nothing changed.
    """
    permissions.check_chat(standing)
    rows = _shown(standing.team).filter(revision__gt=min(max(after, 0), LARGEST)).order_by("revision")
    found = list(rows[: CHAT_PORTION + 1])
    shown = found[:CHAT_PORTION]
    return Changes(
        entries=[_entry(message, standing) for message in shown],
        revision=shown[-1].revision if shown else after,
        more=len(found) > CHAT_PORTION,
    )


def one(standing: Standing, message_id: int) -> Entry:
    """Return one message of the team's chat. Raises ``NotFound``."""
    permissions.check_chat(standing)
    message = _shown(standing.team).filter(pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message.")
    return _entry(message, standing)


def revision_of(team_id: int) -> int:
    found = TeamChat.objects.filter(team=team_id).values_list("last_revision", flat=True).first()
    return found or 0


def standing_of(user_id: int, team_id: int) -> Standing | None:
    """Return what the user is in the team if they may listen to its chat now. Reads everything anew: for sockets."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    team = Team.objects.filter(pk=team_id).first()
    if user is None or team is None:
        return None
    standing = permissions.standing(user, team)
    return standing if permissions.can_chat(standing) else None


def unread_count(standing: Standing) -> int:
    """Return how many messages of others came since the viewer last read, up to ``CHAT_UNREAD_CAP``. Two queries."""
    return _news(_reader(standing), standing)[:CHAT_UNREAD_CAP].count()


def newest_number(entries: list[Entry]) -> int:
    return entries[-1].message.number if entries else 0


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return what the person said and signed in chats, for the export of their data."""
    return {
        "team_chat_messages": list(
            ChatMessage.objects.filter(author=user, deleted_at=None)
            .order_by("pk")
            .values("body", "created_at", "edited_at", team_name=F("team__name"))
        ),
        "team_chat_reactions": list(
            ChatReaction.objects.filter(user=user).order_by("pk").values("emoji", team_name=F("message__team__name"))
        ),
        "team_chat_settings": list(
            ChatReader.objects.filter(user=user).order_by("pk").values("muted", team_name=F("team__name"))
        ),
    }


def _shown(team: Team) -> QuerySet[ChatMessage]:
    reactions = ChatReaction.objects.select_related("user__profile").order_by("pk")
    return (
        ChatMessage.objects.filter(team=team)
        .select_related("author__profile", "reply_to__author__profile")
        .prefetch_related("mentions", Prefetch("reactions", queryset=reactions))
    )


def _entry(message: ChatMessage, standing: Standing) -> Entry:
    viewer = standing.user.pk
    return Entry(
        message=message,
        is_own=message.author_id == viewer,
        names_viewer=any(mention.user_id == viewer for mention in message.mentions.all()),
        can_edit=permissions.can_edit_message(standing, message),
        can_delete=permissions.can_delete_message(standing, message),
        can_react=permissions.can_react(standing, message),
        can_report=can_report_talk(standing, message),
        reactions=tuple(_reactions(message, viewer)),
    )


def _reactions(message: ChatMessage, viewer: int | None) -> list[Reaction]:
    given = list(message.reactions.all())
    shown = []
    for emoji, label in CHAT_EMOJI.items():
        signs = [reaction for reaction in given if reaction.emoji == emoji]
        if signs:
            names = ", ".join(sign.user.profile.display_name for sign in signs)
            shown.append(Reaction(emoji, label, names, len(signs), any(sign.user_id == viewer for sign in signs)))
    return shown


def _reader(standing: Standing) -> ChatReader:
    found = ChatReader.objects.filter(team=standing.team, user=standing.user.pk).first()
    return found or ChatReader(team=standing.team)


def _news(reader: ChatReader, standing: Standing) -> QuerySet[ChatMessage]:
    since = ChatMessage.objects.filter(team=standing.team, number__gt=reader.read_number, deleted_at=None)
    # What was said before one came is no news.
    if standing.membership:
        since = since.filter(created_at__gte=standing.membership.joined_at)
    return since.exclude(author=standing.user.pk)


def _is_news(message: ChatMessage, reader: ChatReader, standing: Standing) -> bool:
    joined = standing.membership.joined_at if standing.membership else message.created_at
    return (
        message.number > reader.read_number
        and message.deleted_at is None
        and message.author_id != standing.user.pk
        and message.created_at >= joined
    )

"""Which notifications exist. The app that owns a type registers it in ``AppConfig.ready``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.notifications.constants import DIGEST, Channel
from apps.notifications.errors import UnknownType

Context = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class NotificationType:
    """One kind of news and how it reads.

    ``title``, ``body`` and ``mail_subject`` are format strings over the context that ``notify`` gets, plus ``actor``
    and ``subject`` as names: ``"{actor} invited you to {team}"``. A name that is missing in the context fails at once.

    Args:
        code: ``"<app>.<what_happened>"``; stored, so never renamed without a migration.
        group: Code of the group that people filter by, like ``"teams"``.
        label: What people read in their preferences, like "Team invites".
        title: One line.
        body: More, in plain text, or nothing.
        url: Where it leads: a format string, or a function of the context. Without it, the subject's own page.
        action: What the button in the mail says.
        channels: Used unless the person says otherwise.
        required: The person can't switch it off, like news about the safety of the account.
        mail_subject: The mail's subject line; the title when empty.
        mail_template: Template path without ``.txt`` and ``.html``.
        icon: Name of a lucide icon.
        mail_words: More for the mail's template, read when it is sent.
        outdated: Says why the mail is not needed any more when its time comes; an empty string sends it.
        posts_to: Whose Discord channels get it too: ``site``, or the model of the subject, like ``teams.team``.
        bundle: The title while more of the same is unread, with ``{others}``: "{actor} and {others} answered you".
            News of this kind about the same subject is one row then, and its messages wait for one another.
        bundle_all: Whatever it is about: all unread news of this kind is one row.
    """

    code: str
    group: str
    label: str
    title: str
    body: str = ""
    url: str | Callable[[Context], str] = ""
    action: str = "Open"
    channels: frozenset[str] = field(default_factory=lambda: frozenset({Channel.IN_APP}))
    required: bool = False
    mail_subject: str = ""
    mail_template: str = "notifications/email/notification"
    icon: str = "bell"
    mail_words: Callable[[Any], Mapping[str, Any]] | None = None
    outdated: Callable[[Any], str] | None = None
    posts_to: str = ""
    bundle: str = ""
    bundle_all: bool = False

    def __post_init__(self) -> None:
        if "." not in self.code:
            raise ValueError(f"{self.code!r}: a type is named <app>.<what_happened>.")
        if self.bundle and "{others}" not in self.bundle:
            raise ValueError(f"{self.code}: the title of a bundle says {{others}}.")
        unknown = set(self.channels) - set(Channel.values)
        if unknown or not self.channels:
            raise ValueError(f"{self.code}: channels must be some of {Channel.values}, not {sorted(self.channels)}.")

    def goes_by(self, channel: str) -> bool:
        """Return whether this goes by the channel unless the person says otherwise.

        Who enters a Discord channel of their own gets there what is both shown and mailed.
        """
        if channel == Channel.DISCORD:
            return Channel.DISCORD in self.channels or {Channel.IN_APP, Channel.EMAIL} <= self.channels
        return channel in self.channels

    @property
    def group_label(self) -> str:
        return self.group.replace("_", " ").capitalize()


_types: dict[str, NotificationType] = {}


def register(notification_type: NotificationType) -> NotificationType:
    """Make a type known. Registering the same one again changes nothing; another one under its code is refused."""
    known = _types.setdefault(notification_type.code, notification_type)
    if known != notification_type:
        raise ValueError(f"{notification_type.code} is registered twice with different contents.")
    return notification_type


def unregister(code: str) -> None:
    """Forget a type. For tests that bring their own."""
    _types.pop(code, None)


def get(code: str) -> NotificationType:
    """Return the type, or raise ``UnknownType``."""
    try:
        return _types[code]
    except KeyError:
        raise UnknownType(f"{code!r} is no registered notification type.") from None


def find(code: str) -> NotificationType | None:
    """Return the type, or nothing for an old row whose type is gone."""
    return _types.get(code)


def all_types() -> list[NotificationType]:
    """Return every type, by group and label."""
    return sorted(_types.values(), key=lambda known: (known.group, known.label, known.code))


def types_to_choose() -> list[NotificationType]:
    """Return what people choose by type and channel. The digest is no news of its own."""
    return [known for known in all_types() if known.code != DIGEST]


def types_to_post(owner: str) -> list[NotificationType]:
    """Return what goes to the Discord channels of this owner, like ``teams.team:12``."""
    return [known for known in all_types() if known.posts_to == owner.partition(":")[0]]


def groups() -> dict[str, str]:
    """Return code and label of every group, in order."""
    return {known.group: known.group_label for known in all_types()}

"""Everything that was done in a team, as its captain reads it. Every act of a team is recorded with it as target."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.core.models import AuditEvent
from apps.teams.models import Team, TeamInvite, TeamMembership, TeamSponsor
from apps.teams.selectors import log_words as words
from apps.user_profile.models import UserProfile

SITE = "DeltaCrown"
STAFF = "DeltaCrown staff"
SOMEBODY = "somebody"
# Where records name people: by the profile, or by the user.
PROFILES = ("profile", "captain", "successor")
USERS = ("player", "invitee", "author")


@dataclass(frozen=True)
class Change:
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One act in words. ``username`` is empty for the site, for staff, and for accounts that are gone."""

    at: datetime
    who: str
    username: str
    did: str
    changes: tuple[Change, ...]


def log(team: Team, *, kind: str = "", actor_id: int | None = None) -> QuerySet[AuditEvent]:
    """Return what was done in ``team``: all, one kind of it, or by one user."""
    events = AuditEvent.objects.filter(target_type=Team._meta.label_lower, target_id=str(team.pk)).exclude(
        action__in=words.UNSAID
    )
    if actor_id is not None:
        events = events.filter(actor_id=actor_id)
    if kind in words.KINDS:
        begins = Q()
        for beginning in words.KINDS[kind][1]:
            begins |= Q(action__startswith=f"team.{beginning}")
        events = events.filter(begins)
    return events


def people(team: Team) -> list[tuple[int, str]]:
    """Return everyone who is or was in ``team`` and may have done something, by name. One query."""
    stays = TeamMembership.objects.filter(team=team).select_related("profile")
    return sorted({(stay.profile.user_id, stay.profile.display_name) for stay in stays}, key=lambda one: one[1].lower())


def lines(team: Team, events: list[AuditEvent]) -> list[Line]:
    """Put acts into words. Four queries, however many there are."""
    names = _Names(team, events)
    return [_line(event, names) for event in events]


class _Names:
    """What the ids in the records are called, fetched for a page at once."""

    def __init__(self, team: Team, events: list[AuditEvent]) -> None:
        def ids(*keys: str) -> set[int]:
            return {
                fields[key] for event in events for fields in (event.old, event.new) for key in keys if _id(fields, key)
            }

        users = ids(*USERS) | {event.actor_id for event in events if event.actor_id}
        invites = TeamInvite.objects.filter(team=team, pk__in=ids("invite")).values_list("pk", "invitee_id", "email")
        self.invites = {pk: (invitee, email) for pk, invitee, email in invites}
        users |= {invitee for invitee, _ in self.invites.values() if invitee}
        self.sponsors = dict(TeamSponsor.objects.filter(team=team, pk__in=ids("sponsor")).values_list("pk", "name"))
        found = UserProfile.objects.filter(Q(user__in=users) | Q(pk__in=ids(*PROFILES))).select_related("user")
        profiles = list(found)
        self.by_user = {profile.user_id: profile for profile in profiles}
        self.by_profile = {profile.pk: profile for profile in profiles}
        self.insiders = set(
            TeamMembership.objects.filter(team=team, profile__in=profiles).values_list("profile__user_id", flat=True)
        )

    def actor(self, event: AuditEvent) -> tuple[str, str]:
        """Return name and username. Staff who were never in the team act for the site."""
        if event.actor_id is None:
            return SITE, ""
        profile = self.by_user.get(event.actor_id)
        if profile is None:
            return SOMEBODY, ""
        if profile.user.is_staff and event.actor_id not in self.insiders:
            return STAFF, ""
        return profile.display_name, profile.user.get_username() if profile.user.is_active else ""

    def profile(self, pk: int | None) -> str:
        return self._name(self.by_profile, pk)

    def user(self, pk: int | None) -> str:
        return self._name(self.by_user, pk)

    def invitee(self, fields: dict[str, Any]) -> str:
        invitee, email = self.invites.get(_id(fields, "invite") or 0, (_id(fields, "invitee"), ""))
        return self.user(invitee) if invitee else email or SOMEBODY

    @staticmethod
    def _name(known: dict[int, UserProfile], pk: int | None) -> str:
        return known[pk].display_name if pk in known else SOMEBODY


def _line(event: AuditEvent, names: _Names) -> Line:
    who, username = names.actor(event)
    changes = tuple(_changes(event))
    return Line(event.at, who, username, _did(event, names, changes), changes)


def _did(event: AuditEvent, names: _Names, changes: tuple[Change, ...]) -> str:
    act = event.action.removeprefix("team.")
    fields = event.old | event.new
    is_own = event.actor_id is not None and event.actor_id in _persons(fields, names)
    sentence = words.OWN.get(act, "") if is_own else ""
    sentence = sentence or words.SENTENCES.get(act, "")
    if not sentence:  # an act that is younger than this list
        noun, _, verb = act.rpartition("_")
        return f"{noun.replace('_', ' ')}: {verb}" if noun else act
    return sentence.format_map(_Filled(event, fields, names, changes))


def _persons(fields: dict[str, Any], names: _Names) -> Iterable[int]:
    """Yield the users that a record is about."""
    for key in USERS:
        if pk := _id(fields, key):
            yield pk
    for key in PROFILES:
        profile = names.by_profile.get(_id(fields, key) or 0)
        if profile:
            yield profile.user_id


class _Filled(dict[str, str]):
    """The words for the places in a sentence, made when they are asked for."""

    def __init__(self, event: AuditEvent, fields: dict[str, Any], names: _Names, changes: tuple[Change, ...]) -> None:
        super().__init__()
        self.makers: dict[str, Callable[[], str]] = {
            **{key: lambda key=key: names.profile(_id(fields, key)) for key in PROFILES},  # type: ignore[misc]  # bound
            **{key: lambda key=key: names.user(_id(fields, key)) for key in USERS},  # type: ignore[misc]  # bound
            "invitee": lambda: names.invitee(fields),
            "sponsor": lambda: names.sponsors.get(_id(fields, "sponsor") or 0, str(fields.get("name", "a sponsor"))),
            "role": lambda: words.shown("role", fields.get("role", "")).lower(),
            "uses": lambda: _uses(fields.get("max_uses")),
            "old_name": lambda: str(event.old.get("name", "")),
            "new_name": lambda: str(event.new.get("name", "")),
            "fields": lambda: _listed([change.field for change in changes]) or "nothing that shows",
        }

    def __missing__(self, key: str) -> str:
        return self.makers[key]()


def _changes(event: AuditEvent) -> Iterable[Change]:
    """Yield what a record says about fields that existed before and after."""
    for field in sorted((event.old.keys() & event.new.keys()) - words.ROWS):
        if event.old[field] != event.new[field]:
            yield Change(words.label(field), words.shown(field, event.old[field]), words.shown(field, event.new[field]))


def _id(fields: dict[str, Any], key: str) -> int | None:
    value = fields.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _uses(limit: Any) -> str:
    if limit is None:
        return "for everybody while there are seats"
    return "once" if limit == 1 else f"up to {limit} times"


def _listed(items: list[str]) -> str:
    return ", ".join(items[:-1]) + (" and " if len(items) > 1 else "") + items[-1] if items else ""

"""Calendars to subscribe to: who reads which, and what stands in them."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.corelib.icalendar import Event
from apps.teams.models import CalendarFeed, PracticeSession, Team, TeamMembership

SIGNER = Signer(salt="teams.calendar")
BACK, AHEAD = timedelta(days=60), timedelta(days=400)
MOST = 1000


@dataclass(frozen=True)
class Choice:
    """A calendar that one may have: of ``team``, or of all teams. ``feed`` is there once its address was made."""

    team: Team | None
    feed: CalendarFeed | None

    @property
    def name(self) -> str:
        return self.team.name if self.team else "All my teams"


def token_of(feed: CalendarFeed) -> str:
    """Return what the address holds. The table alone does not tell it: the signature takes the site's secret."""
    return SIGNER.sign(feed.number.hex)


def feed_at(token: str) -> CalendarFeed:
    """Return the calendar of this address, whose owner may still read it. One query. Raises ``NotFound``."""
    try:
        number = UUID(SIGNER.unsign(token))
    except (BadSignature, ValueError):
        raise NotFound("There is no such calendar.") from None
    feed = (
        CalendarFeed.objects.filter(number=number, user__is_active=True)
        .filter(Q(team__isnull=True) | Q(team__is_active=True))
        .select_related("user", "team")
        .first()
    )
    if feed is None:
        raise NotFound("There is no such calendar.")
    return feed


def events_in(feed: CalendarFeed, *, host: str) -> list[Event]:
    """Return what the calendar shows: its owner's present teams, two months back and a year ahead. One query."""
    mine = TeamMembership.objects.current().filter(profile__user=feed.user_id, team__is_active=True)
    if feed.team_id is not None:
        mine = mine.filter(team=feed.team_id)
    now = timezone.now()
    sessions = PracticeSession.objects.filter(
        team__in=mine.values("team"), starts_at__gte=now - BACK, starts_at__lt=now + AHEAD
    )
    return [
        event_of(session, host=host) for session in sessions.select_related("team").order_by("starts_at", "pk")[:MOST]
    ]


def event_of(session: PracticeSession, *, host: str) -> Event:
    """Return the session as calendars take it. ``host`` is like ``https://delta.example``."""
    opponent = f" vs {session.opponent}" if session.opponent else ""
    link = f"{host}{session.get_absolute_url()}"
    return Event(
        uid=f"{session.uid}@deltacrown",
        sequence=session.sequence,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        created_at=session.created_at,
        changed_at=session.changed_at,
        summary=f"{session.team.tag}: {session.title}{opponent}",
        description="\n".join(filter(None, (session.notes, session.link))),
        location=session.place,
        url=link,
        category=session.get_kind_display(),
        is_cancelled=session.is_cancelled,
    )


def choices_of(user: User) -> list[Choice]:
    """Return the calendars that this person may have: all teams, then each. Two queries."""
    feeds = {feed.team_id: feed for feed in CalendarFeed.objects.filter(user=user)}
    mine = TeamMembership.objects.current().filter(profile__user=user, team__is_active=True).select_related("team")
    teams = [membership.team for membership in mine.order_by("team__name", "pk")]
    return [Choice(None, feeds.get(None)), *(Choice(team, feeds.get(team.pk)) for team in teams)]


def address_of(feed: CalendarFeed) -> str:
    return reverse("teams:calendar", args=[token_of(feed)])

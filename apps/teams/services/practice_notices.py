"""What members hear about practice. Each piece of news once: the session and its edition are the key."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from apps.core import context
from apps.notifications.services import notify
from apps.teams.models import PracticeAnswer, PracticeSession
from apps.teams.services.achievement_notices import members_of

CHANGES = ("planned", "moved", "changed", "cancelled", "restored")


def tell_practice(session_id: int, change: str, sessions: int) -> int:
    """Tell the members what was planned, moved, changed, cancelled or brought back."""
    session = _session(session_id)
    if session is None or change not in CHANGES:
        return 0
    # The job works for whoever asked for the change. They know.
    people = [pk for pk in members_of(session.team_id) if pk != context.current().user_id]
    more = f" And {sessions - 1} more in the weeks after." if sessions > 1 else ""
    return _tell(session, f"practice_{change}", people, key=f"{change}:{session.sequence}", more=more)


def tell_reminder(session_id: int, starts_at: str) -> int:
    """Remind who has not said no. Nobody, if it was moved or cancelled since, or begins already."""
    session = _session(session_id)
    if session is None or session.is_cancelled or session.has_begun or session.starts_at != parse_datetime(starts_at):
        return 0
    staying = set(session.answers.filter(answer=PracticeAnswer.Answer.NO).values_list("user_id", flat=True))
    people = [pk for pk in members_of(session.team_id) if pk not in staying]
    return _tell(session, "practice_reminder", people, key=f"reminder:{starts_at}")


def _session(session_id: int) -> PracticeSession | None:
    return PracticeSession.objects.filter(pk=session_id, team__is_active=True).select_related("team").first()


def _tell(session: PracticeSession, code: str, people: list[int], *, key: str, more: str = "") -> int:
    return notify(
        people,
        f"teams.{code}",
        subject=session.team,
        context={
            "team": session.team.name,
            "title": session.title,
            "when": _when(session.starts_at),
            "minutes": max(1, round((session.starts_at - timezone.now()).total_seconds() / 60)),
            "place": f" {session.place}." if session.place else "",
            "more": more,
            "url": session.get_absolute_url(),
        },
        fingerprint=f"practice:{session.pk}:{key}",
    )


def _when(at: datetime) -> str:
    """The same for everyone, so it names its place."""
    return f"{date_format(at.astimezone(ZoneInfo(settings.TIME_ZONE)), 'D j M, H:i')} in Dhaka"

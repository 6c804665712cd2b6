"""Ending sessions: one's own, or as staff somebody else's."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import NotFound


@transaction.atomic
def end_session(*, actor: User, session_id: int) -> None:
    """End one of the actor's own sessions.

    Raises:
        NotFound: It is somebody else's, or over already.
    """
    session = UserSession.objects.select_for_update().filter(pk=session_id, user=actor).first()
    if session is None:
        raise NotFound("This session is over already.")
    session.end()
    audit.record(actor=actor, action="account.session_ended", target=actor, old={}, new={})


@transaction.atomic
def end_other_sessions(*, actor: User, current: SessionBase) -> int:
    """End all of the actor's sessions but ``current``. Return how many."""
    return _end(actor=actor, user=actor, keep=current.session_key)


@transaction.atomic
def end_all_sessions(*, actor: User | None, user: User) -> int:
    """End every session of ``user``, theirs that we know of. Return how many."""
    return _end(actor=actor, user=user, keep=None)


def _end(*, actor: User | None, user: User, keep: str | None) -> int:
    sessions = list(UserSession.objects.select_for_update().filter(user=user).exclude(session_key=keep).order_by("pk"))
    for session in sessions:
        session.end()
    if sessions:
        audit.record(actor=actor, action="account.sessions_ended", target=user, old={"sessions": len(sessions)}, new={})
    return len(sessions)

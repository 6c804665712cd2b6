"""Framework glue: a logout closes the sockets that this login opened."""

from typing import Any

from django.db import transaction

from apps.notifications import push


def close_sockets_of_session(sender: type, request: Any, user: Any, **kwargs: Any) -> None:
    """Runs before the session is flushed, so its key is still known."""
    session_key = request.session.session_key if request is not None else None
    if session_key:
        transaction.on_commit(lambda: push.session_ended(session_key), robust=True)

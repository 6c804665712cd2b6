"""Who may report what is said on a board or in a chat. Staff settle it by the rule of posts."""

from apps.core.errors import Conflict, PermissionRefused
from apps.teams.models import BoardReply, BoardThread, ChatMessage
from apps.teams.permissions.board import check_see_thread
from apps.teams.permissions.chat import check_chat
from apps.teams.permissions.standing import Standing, boolean

Talk = BoardThread | BoardReply | ChatMessage


def check_report_talk(viewer: Standing, talk: Talk) -> None:
    """Whoever reads it, but not who wrote it."""
    if not viewer.user.is_authenticated:
        raise PermissionRefused("Log in to report this.")
    if isinstance(talk, ChatMessage):
        check_chat(viewer)
        gone = talk.deleted_at
    else:
        check_see_thread(viewer, talk if isinstance(talk, BoardThread) else talk.thread)
        gone = talk.removed_at
    if gone is not None:
        raise Conflict("This was removed before.")
    if talk.author_id == viewer.user.pk:
        raise PermissionRefused("You wrote this yourself. You can edit or remove it.")


can_report_talk = boolean(check_report_talk)

"""A team's board: threads, replies, order, and how far each has read."""

from apps.teams.services.board.erasure import forget, purge_removed_threads
from apps.teams.services.board.replies import add_reply, edit_reply, mark_read, remove_reply
from apps.teams.services.board.threads import edit_thread, remove_thread, restore_thread, set_thread, start_thread

__all__ = [
    "add_reply",
    "edit_reply",
    "edit_thread",
    "forget",
    "mark_read",
    "purge_removed_threads",
    "remove_reply",
    "remove_thread",
    "restore_thread",
    "set_thread",
    "start_thread",
]

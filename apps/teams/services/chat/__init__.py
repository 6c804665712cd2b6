"""The team's chat: what members say, how far they have read, and how an account's words go."""

from apps.teams.services.chat.erasure import forget
from apps.teams.services.chat.messages import delete_message, edit_message, react, send_message
from apps.teams.services.chat.reading import mark_read, set_muted

__all__ = ["delete_message", "edit_message", "forget", "mark_read", "react", "send_message", "set_muted"]

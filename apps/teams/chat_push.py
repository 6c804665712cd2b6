"""Wakes the sockets of a chat. Carries no words: each socket reads what its own member may see."""

from apps.notifications.push import send


def chat_group(team_id: int) -> str:
    """Return the channel group of all open pages of one team's chat."""
    return f"teams.chat.{team_id}"


def changed(team_id: int, revision: int) -> bool:
    """Tell that the chat has come to ``revision``."""
    return send([(chat_group(team_id), {"type": "chat.changed", "revision": revision})])


def members_changed(team_id: int) -> bool:
    """Have every socket ask again whether its person may still listen."""
    return send([(chat_group(team_id), {"type": "chat.members_changed"})])

"""Messages as pieces of page, the same for the page, the socket and the poll."""

from typing import Any

from django.template.loader import get_template

from apps.teams.models import Team
from apps.teams.selectors.chat import Changes, Entry

_TEMPLATE = "teams/chat_message.partial.html"


def item(team: Team, entry: Entry) -> dict[str, Any]:
    """Return one message for a browser: where it stands, and how it looks to this viewer."""
    html = get_template(_TEMPLATE).render({"team": team, "entry": entry})
    message = entry.message
    return {"number": message.number, "revision": message.revision, "author": message.author_id, "html": html}


def told(team: Team, changes: Changes) -> dict[str, Any]:
    return {
        "items": [item(team, entry) for entry in changes.entries],
        "revision": changes.revision,
        "more": changes.more,
    }

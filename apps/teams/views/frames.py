"""What stands around the pages of one team: its head and the ways to its other pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.teams import permissions
from apps.teams.permissions import Standing, board, posts
from apps.teams.selectors import chat, follows, joining


@dataclass(frozen=True)
class Place:
    """A page of a team. ``seen_by`` decides who is shown the way there; the page itself decides again."""

    label: str
    name: str
    seen_by: Callable[..., bool] = permissions.can_see


# In the order of the tabs. A new page of a team is one line here.
TEAM_PLACES = (
    Place("Overview", "team_page"),
    Place("Posts", "posts"),
    Place("Board", "board", board.can_read_board),
    Place("Activity", "activity"),
    Place("Ranking", "explain_rank"),
    Place("Results", "results"),
    Place("Stats", "stats"),
    Place("Achievements", "achievements"),
    Place("Practice", "practice", permissions.can_see_practice),
    Place("Roster history", "history"),
)
MANAGE_PLACES = (
    Place("Roster and invites", "manage", permissions.can_manage),
    Place("Links", "links", permissions.can_invite),
    Place("Requests", "join_requests", permissions.can_invite),
    Place("Edit page", "edit", permissions.can_edit),
    Place("Posts", "manage_posts", posts.can_manage_posts),
    Place("Sponsors", "sponsors", permissions.can_view_finances),
    Place("Promotions", "promotions", permissions.can_view_finances),
    Place("Verification", "verification", permissions.can_request_verification),
    Place("Discord", "discord", permissions.can_manage_discord),
    Place("Settings", "team_settings", permissions.can_change_settings),
    Place("Log", "team_log", permissions.can_read_log),
)


def team_frame(standing: Standing, *, current: str) -> dict[str, Any]:
    """Return what ``teams/team_frame.html`` needs; ``current`` is the name of the page that it stands around."""
    can_chat = permissions.can_chat(standing)
    return {
        "team": standing.team,
        "standing": standing,
        "team_tabs": _tabs(TEAM_PLACES, standing, current),
        "is_overview": current == TEAM_PLACES[0].name,
        "can_invite": permissions.can_invite(standing),
        "can_edit": permissions.can_edit(standing),
        "can_manage": permissions.can_manage(standing),
        "ask": joining.ask_state(standing),
        "can_chat": can_chat,
        "chat_unread": chat.unread_count(standing) if can_chat else 0,
        "following": follows.following(standing),
    }


def manage_frame(standing: Standing, *, current: str) -> dict[str, Any]:
    """Return what ``teams/manage_frame.html`` needs."""
    return {
        "team": standing.team,
        "standing": standing,
        "manage_tabs": _tabs(MANAGE_PLACES, standing, current),
    }


def _tabs(places: tuple[Place, ...], standing: Standing, current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": place.label,
            "url": reverse(f"teams:{place.name}", args=[standing.team.slug]),
            "current": place.name == current,
        }
        for place in places
        if place.seen_by(standing)
    ]

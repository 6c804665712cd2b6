"""The side panel as a piece of page that is kept for ten minutes, the same for everybody."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from apps.teams.models import Team
from apps.teams.selectors.shelves import SIDEBAR
from apps.teams.selectors.sidebar import sidebar

register = template.Library()


@register.simple_tag
def team_sidebar(team: Team | None = None) -> SafeString:
    """Draw the first teams. It is rendered without the request, so that nothing of the viewer can get into it."""
    key = str(team.pk) if team else "all"
    return mark_safe(SIDEBAR.get(key, lambda: str(_draw(team))))


def _draw(team: Team | None) -> str:
    return render_to_string("teams/sidebar.partial.html", {"sidebar": sidebar(team), "team": team})

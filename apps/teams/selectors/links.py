"""Where a team is found elsewhere, as its page shows it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from apps.corelib.links import LINK_KINDS
from apps.teams.constants import TEAM_LINKS
from apps.teams.models import Team


@dataclass(frozen=True)
class TeamLink:
    label: str
    url: str

    @property
    def text(self) -> str:
        """The address as people read it."""
        parts = urlsplit(self.url)
        return (parts.netloc.removeprefix("www.") + parts.path).rstrip("/")


def links_of(team: Team) -> list[TeamLink]:
    """Return the team's links in the order of the site."""
    return [TeamLink(LINK_KINDS[code].label, team.links[code]) for code in TEAM_LINKS if team.links.get(code)]

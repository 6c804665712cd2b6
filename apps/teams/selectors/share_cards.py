"""What a team shows on other sites: a card beside its link, and its rank as a badge."""

import hashlib
import json
from dataclasses import asdict

from django.core.files.storage import default_storage

from apps.common.share_card import Card, draw
from apps.common.single_flight import Shelf
from apps.corelib.figures import grouped
from apps.teams.constants import ROSTER_LIMIT
from apps.teams.models import Team
from apps.teams.selectors import rosters

# Drawing takes a few hundred milliseconds. The key says what is drawn, so nothing has to be forgotten.
SHELF = Shelf("teams:share_card:1", seconds=6 * 3600)


def share_card(team: Team) -> tuple[str, bytes]:
    """Return the card of ``team`` as PNG and a name for this very picture. One query, for the roster."""
    roster = rosters.roster(team)
    card = _card(team, [member.profile.user.get_username() for member in roster.starters], roster.count)
    told = json.dumps(asdict(card) | {"logo": str(team.logo)}, default=str, sort_keys=True)
    key = hashlib.sha256(told.encode()).hexdigest()[:32]
    return key, SHELF.get(key, lambda: draw(_with_logo(card, team)))


def _card(team: Team, people: list[str], members: int) -> Card:
    ranking = getattr(team, "ranking", None)
    facts = []
    if ranking and ranking.game_rank:
        facts.append((f"#{ranking.game_rank}", f"in {team.game_info.name}"))
    if ranking:
        facts.append((grouped(ranking.total), "points"))
    facts.append((f"{members} of {ROSTER_LIMIT}", "members"))
    return Card(
        name=team.name,
        tag=team.tag,
        eyebrow=f"{team.game_info.name} · {team.region_name}",
        facts=tuple(facts),
        people=tuple(people),
    )


def _with_logo(card: Card, team: Team) -> Card:
    if not team.logo:
        return card
    try:
        with default_storage.open(team.logo.file_name(512)) as file:
            return Card(**{**card.__dict__, "logo": file.read()})
    except OSError:  # replaced this very moment
        return card

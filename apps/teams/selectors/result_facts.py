"""Looking up what a file of results names: teams, players, past rosters and results. One query for each portion."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.db.models.functions import Lower

from apps.accounts.models import User
from apps.teams.models import Team, TeamTournamentRegistration
from apps.teams.selectors.past_rosters import PastRosters, rosters_on
from apps.user_profile.models import UserProfile

KINDS = ("slug", "tag", "name")
Results = dict[tuple[int, int], TeamTournamentRegistration]  # by tournament and team


@dataclass(frozen=True)
class Named:
    """What somebody called a team: the word, and which of its names it is, where they said so."""

    word: str
    kind: str = ""


def named(cell: str) -> Named:
    """Read ``tag:DW`` and plain words."""
    kind, separator, word = cell.partition(":")
    if separator and kind.strip().lower() in KINDS:
        return Named(word.strip().lower(), kind.strip().lower())
    return Named(cell.lower())


class Teams:
    """The teams that a portion of a file can mean."""

    def __init__(self, cells: Collection[str]) -> None:
        words = {named(cell).word for cell in cells}
        # A team whose end is final gave its name to others; only its address still is its own.
        self._found: dict[tuple[str, str], list[Team]] = defaultdict(list)
        teams = Team.objects.filter(settled_at__isnull=True).filter(
            Q(slug__in=words) | Q(tag_ci__in=words) | Q(name_ci__in=words)
        )
        for team in teams.order_by("pk"):
            for kind, word in zip(KINDS, (team.slug, team.tag_ci, team.name_ci), strict=True):
                self._found[kind, word].append(team)

    def meant_by(self, cell: str, game: str = "") -> list[Team]:
        """Return the teams that match: one, none or, where a tag is another team's name, several."""
        meant = named(cell)
        kinds = [meant.kind] if meant.kind else KINDS
        teams = {team.pk: team for kind in kinds for team in self._found[kind, meant.word]}
        if len(teams) > 1 and game:
            teams = {pk: team for pk, team in teams.items() if team.game == game} or teams
        return list(teams.values())


def players(usernames: Iterable[str]) -> dict[str, UserProfile]:
    """Return the profiles by username in lower case."""
    folded = {name.lower() for name in usernames}
    if not folded:
        return {}
    users = User.objects.alias(folded=Lower("username")).filter(folded__in=folded, is_active=True)
    return {user.username.lower(): user.profile for user in users.select_related("profile")}


def past_rosters(wanted: Collection[tuple[int, date]]) -> tuple[PastRosters, dict[int, UserProfile]]:
    """Return the rosters of these teams on these days, and the profiles of everybody in them."""
    rosters = rosters_on(wanted)
    everybody = {seat.profile_id for seats in rosters.on.values() for seat in seats}
    return rosters, UserProfile.objects.in_bulk(everybody)


def recorded(keys: Collection[tuple[int, int]]) -> Results:
    """Return the results of these tournaments and teams that are there."""
    found = TeamTournamentRegistration.objects.filter(
        tournament_id__in={tournament_id for tournament_id, _ in keys}, team__in={team_id for _, team_id in keys}
    )
    wanted = set(keys)
    return {
        (result.tournament_id, result.team_id): result
        for result in found.order_by()
        if (result.tournament_id, result.team_id) in wanted
    }

"""From understood rows to lines with their effect: what each would do to the results, or why it can't."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from apps.common.csv_files.columns import quoted
from apps.teams.models import ResultImport, ResultImportLine, Team, TeamTournamentRegistration
from apps.teams.selectors import result_coins, result_facts
from apps.teams.selectors.past_rosters import PastRosters, snapshot
from apps.teams.services.result_imports.columns import Draft
from apps.user_profile.models import UserProfile

Effect = ResultImportLine.Effect
Roster = list[dict[str, Any]]
COMPARED = ("tournament_name", "status", "placement", "participants", "prize", "played_on", "roster")
NO_ROSTER = "Nobody is known to have been in the team on that day: it is recorded, and nobody is paid."


class Portion:
    """Some rows of a file with all that they name, looked up at once."""

    def __init__(self, drafts: Sequence[Draft], policies: result_coins.Policies) -> None:
        self._policies = policies
        self._teams = result_facts.Teams({draft.team for draft in drafts if draft.team})
        self._players = result_facts.players(name for draft in drafts for name in draft.roster)
        meant = [(draft, self._team(draft)) for draft in drafts]
        days = {(team.pk, draft.played_on) for draft, team in meant if team and draft.played_on}
        self._rosters: PastRosters
        self._profiles: dict[int, UserProfile]
        self._rosters, self._profiles = result_facts.past_rosters(days)
        self._recorded = result_facts.recorded({(draft.tournament_id, team.pk) for draft, team in meant if team})
        self._meant = meant

    def lines(self, source: ResultImport) -> list[ResultImportLine]:
        return [self._line(source, draft, team) for draft, team in self._meant]

    def _team(self, draft: Draft) -> Team | None:
        """Return the team, or say why it is not clear which."""
        if not draft.team:
            return None
        found = self._teams.meant_by(draft.team, draft.game)
        if not found:
            draft.refuse("team", f"There is no team {quoted(draft.team)}.")
        elif len(found) > 1:
            which = " and ".join(str(team) for team in found[:3])
            draft.refuse("team", f"{quoted(draft.team)} can mean {which}. Say slug:{found[0].slug}, for one.")
        elif not found[0].is_active:
            draft.refuse("team", f"{found[0].name} has disbanded.")
        elif draft.game and found[0].game != draft.game:
            draft.refuse("game", f"{found[0].name} plays {found[0].game_info.name}.")
        else:
            return found[0]
        return None

    def _line(self, source: ResultImport, draft: Draft, team: Team | None) -> ResultImportLine:
        before = self._recorded.get((draft.tournament_id, team.pk)) if team else None
        roster = self._roster(draft, team, before) if team and draft.played_on else []
        line = ResultImportLine(source=source, number=draft.number, tournament_id=draft.tournament_id)
        # Also of a wrong line what is known: its other faults are found by comparing.
        line.tournament_name = draft.tournament_name
        line.team, line.placement, line.participants = team, draft.placement, draft.participants
        line.status, line.played_on, line.roster = draft.status, draft.played_on, roster
        line.prize = draft.prize or 0
        if before is not None:  # what the file leaves open stays as it is
            line.prize = before.prize if draft.prize is None else draft.prize
            line.participants = before.participants if draft.participants is None else draft.participants
        if draft.problems or team is None:
            line.effect, line.problems = Effect.WRONG, [problem.as_dict() for problem in draft.problems]
            return line
        line.changes = differences(before, line) if before else {}
        line.effect = Effect.NEW if before is None else (Effect.CORRECTION if line.changes else Effect.SAME)
        line.coins = self._coins(line, before)
        if line.effect == Effect.NEW and not roster:
            line.warning = NO_ROSTER
        return line

    def _roster(self, draft: Draft, team: Team, before: TeamTournamentRegistration | None) -> Roster:
        """Return the players: those that the file names, those on record, or who was in the team on that day."""
        if draft.roster:
            return self._named_roster(draft, team)
        if before is not None and before.roster:
            return list(before.roster)
        if draft.played_on is None or draft.status != TeamTournamentRegistration.Status.COMPLETED:
            return []
        seats = self._rosters.on[team.pk, draft.played_on]
        return snapshot(((seat.profile_id, seat.role) for seat in seats), self._profiles)

    def _named_roster(self, draft: Draft, team: Team) -> Roster:
        chosen: list[tuple[int, str]] = []
        ever = self._rosters.ever[team.pk]
        for name in draft.roster:
            profile = self._players.get(name.lower())
            if profile is None:
                draft.refuse("roster", f"There is no player {quoted(name)}.")
            elif profile.pk not in ever:
                draft.refuse("roster", f"{name} was never in {team.name}.")
            else:
                self._profiles[profile.pk] = profile
                chosen.append((profile.pk, ever[profile.pk]))
        return snapshot(chosen, self._profiles)

    def _coins(self, line: ResultImportLine, before: TeamTournamentRegistration | None) -> int:
        after = result_coins.worth(
            self._policies, status=line.status, placement=line.placement, players=len(line.roster)
        )
        if before is None:
            return after
        return after - result_coins.worth(
            self._policies, status=before.status, placement=before.placement, players=len(before.roster)
        )


def differences(before: TeamTournamentRegistration, line: ResultImportLine) -> dict[str, list[Any]]:
    """Return what the line changes: field, from, to, as JSON holds it."""
    pairs = {name: [_stored(getattr(before, name)), _stored(getattr(line, name))] for name in COMPARED}
    return {name: pair for name, pair in pairs.items() if _same(name, *pair) is False}


def _same(name: str, old: Any, new: Any) -> bool:
    if name == "roster":  # the names of today are not what was recorded
        return {player["profile"] for player in old} == {player["profile"] for player in new}
    return bool(old == new)


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

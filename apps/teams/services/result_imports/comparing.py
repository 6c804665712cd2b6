"""What only shows when lines are held against each other, and against the results of other teams."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from apps.common.csv_files import Problem
from apps.teams.models import ResultImport, ResultImportLine, TeamTournamentRegistration
from apps.teams.services.result_imports.columns import COLUMNS

Effect = ResultImportLine.Effect
PORTION = 500
_EXAMPLES = {column.name: column.example for column in COLUMNS}


def portions(source: ResultImport) -> Iterator[list[ResultImportLine]]:
    """Yield the lines behind the cursor by tournament, in portions that hold whole tournaments."""
    rows = source.rows.filter(tournament_id__gt=source.last_tournament).order_by("tournament_id", "number")
    portion: list[ResultImportLine] = []
    lines = rows.select_related("team").iterator(chunk_size=PORTION)
    for _, tournament in groupby(lines, key=lambda line: line.tournament_id):
        portion += tournament
        if len(portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def compare(portion: Sequence[ResultImportLine]) -> list[ResultImportLine]:
    """Return the lines of these tournaments that turn out wrong, with why. One query."""
    others: dict[int, list[TeamTournamentRegistration]] = defaultdict(list)
    numbers = {line.tournament_id for line in portion}
    for result in TeamTournamentRegistration.objects.filter(tournament_id__in=numbers).select_related("team"):
        others[result.tournament_id].append(result)
    wrong: list[ResultImportLine] = []
    for number, lines in groupby(portion, key=lambda line: line.tournament_id):
        wrong += _Tournament(others[number]).compare(list(lines))
    return wrong


class _Tournament:
    """The lines of one tournament, and what is recorded of it for teams that the file doesn't name."""

    def __init__(self, recorded: list[TeamTournamentRegistration]) -> None:
        self._recorded = recorded
        self._wrong: dict[int, ResultImportLine] = {}

    def compare(self, lines: list[ResultImportLine]) -> list[ResultImportLine]:
        named = {line.team_id for line in lines}
        elsewhere = [result for result in self._recorded if result.team_id not in named]
        self._teams(lines)
        self._one_value(lines, "tournament_name", "tournament", "calls the tournament {}")
        self._one_value(lines, "participants", "participants", "says that there were {} teams")
        self._places(lines, elsewhere)
        self._counts(lines, elsewhere)
        self._players(lines, elsewhere)
        return list(self._wrong.values())

    def _refuse(self, line: ResultImportLine, column: str, reason: str) -> None:
        problem = Problem(line.number, column, reason, _EXAMPLES[column]).as_dict()
        if problem not in line.problems:
            line.problems.append(problem)
        line.effect = Effect.WRONG
        self._wrong[line.number] = line

    def _teams(self, lines: list[ResultImportLine]) -> None:
        first: dict[int, ResultImportLine] = {}
        for line in lines:
            if line.team is None:
                continue
            if line.team.pk in first:
                before = first[line.team.pk].number
                self._refuse(line, "team", f"{line.team.name} is on line {before} for this tournament already.")
            first.setdefault(line.team.pk, line)

    def _one_value(self, lines: list[ResultImportLine], name: str, column: str, says: str) -> None:
        first = next((line for line in lines if getattr(line, name)), None)
        for line in lines:
            value = getattr(line, name)
            if first and value and value != getattr(first, name):
                self._refuse(line, column, f"Line {first.number} {says.format(getattr(first, name))}.")

    def _places(self, lines: list[ResultImportLine], elsewhere: list[TeamTournamentRegistration]) -> None:
        """One winner and one runner-up; later places can be shared."""
        taken = {result.placement: f"{result.team.name}, as recorded" for result in elsewhere}
        for line in lines:
            if line.placement not in {1, 2}:
                continue
            if line.placement in taken:
                self._refuse(line, "placement", f"Place {line.placement} belongs to {taken[line.placement]}.")
            taken.setdefault(line.placement, f"line {line.number}")

    def _counts(self, lines: list[ResultImportLine], elsewhere: list[TeamTournamentRegistration]) -> None:
        most = next((line.participants for line in lines if line.participants), None)
        teams = len({line.team_id for line in lines if line.team_id}) + len(elsewhere)
        if most and teams > most:
            self._refuse(lines[-1], "participants", f"There were {most} teams, and this makes {teams} of them.")

    def _players(self, lines: list[ResultImportLine], elsewhere: list[TeamTournamentRegistration]) -> None:
        """A player plays a tournament for one team: coins are paid once."""
        seen = {player["profile"]: result.team.name for result in elsewhere for player in result.roster}
        for line in lines:
            if line.team is None:
                continue
            for player in line.roster:
                other = seen.setdefault(player["profile"], line.team.name)
                if other != line.team.name:
                    reason = f"{player['name']} played this tournament for {other}. Name the players of both teams."
                    self._refuse(line, "roster", reason)

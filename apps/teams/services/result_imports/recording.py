"""Writing the results of a checked file, all of them or none."""

from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef

from apps.core import audit
from apps.core.constraints import refusing
from apps.core.errors import Conflict
from apps.teams.models import ResultImport, ResultImportLine, Team, TeamTournamentRegistration
from apps.teams.selectors.result_facts import recorded
from apps.teams.services.result_imports.checking import COMPARED, differences
from apps.teams.services.result_imports.starting import changing

Effect = ResultImportLine.Effect
PORTION = 500
CHECK_AGAIN = "Send the file again to have it checked anew."


def record_lines(imported: ResultImport) -> int:
    """Write what the lines say, and return how many results changed. The caller's transaction holds the import.

    Raises:
        Conflict: Something is not as it was when the file was checked.
    """
    _lock_teams(imported)
    for portion in _portions(imported):
        _check_still_so(portion)
    _free_first_places(imported)
    changed = 0
    taken = f"A first or second place was given to another team meanwhile. {CHECK_AGAIN}"
    with refusing({"teams_registration_one_winner_one_runner_up": lambda: Conflict(taken)}):
        for portion in _portions(imported):
            changed += _write(imported, portion)
    corrections = imported.rows.filter(effect=Effect.CORRECTION).count()
    audit.record(
        actor=imported.confirmed_by,
        action="team.results_imported",
        target=imported,
        new={"new": changed - corrections, "corrections": corrections, "digest": imported.digest},
    )
    return changed


def _lock_teams(imported: ResultImport) -> None:
    """Lock every team in the order of their ids: whoever records a single result locks its team as well."""
    teams = Team.objects.filter(pk__in=changing(imported).values("team")).order_by("pk")
    for name, is_active in teams.select_for_update(no_key=True).values_list("name", "is_active").iterator(PORTION):
        if not is_active:
            raise Conflict(f"{name} has disbanded since the file was checked. {CHECK_AGAIN}")


def _portions(imported: ResultImport) -> Iterator[list[ResultImportLine]]:
    rows, last = changing(imported).select_related("team").order_by("number"), 0
    while portion := list(rows.filter(number__gt=last)[:PORTION]):
        yield portion
        last = portion[-1].number


def _check_still_so(portion: Sequence[ResultImportLine]) -> None:
    """Refuse when a result is not what the preview said it was."""
    results = recorded([(line.tournament_id, line.team_id) for line in portion if line.team_id])
    for line in portion:
        before = results.get((line.tournament_id, line.team_id or 0))
        changes = differences(before, line) if before else {}
        if (before is None) != (line.effect == Effect.NEW) or changes != line.changes:
            raise Conflict(f"The result of line {line.number} was changed since the file was checked. {CHECK_AGAIN}")


def _free_first_places(imported: ResultImport) -> None:
    """Take first and second places from the results that are corrected, so that two teams can change theirs."""
    corrected = imported.rows.filter(
        effect=Effect.CORRECTION, team=OuterRef("team"), tournament_id=OuterRef("tournament_id")
    )
    TeamTournamentRegistration.objects.filter(Exists(corrected), placement__in=[1, 2]).update(placement=None)


def _write(imported: ResultImport, portion: Sequence[ResultImportLine]) -> int:
    results = recorded([(line.tournament_id, line.team_id) for line in portion if line.team_id])
    new: list[TeamTournamentRegistration] = []
    corrected: list[TeamTournamentRegistration] = []
    for line in portion:
        known = results.get((line.tournament_id, line.team_id or 0))
        result = known or TeamTournamentRegistration(team=line.team, tournament_id=line.tournament_id)
        for name in COMPARED:
            setattr(result, name, getattr(line, name))
        result.source = imported
        (corrected if known else new).append(result)
    TeamTournamentRegistration.objects.bulk_create(new)
    TeamTournamentRegistration.objects.bulk_update(corrected, [*COMPARED, "source"])
    return len(portion)

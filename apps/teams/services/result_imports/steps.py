"""The steps of an import, as the jobs take them. Each can be run twice, at once and after a crash: it goes on."""

from collections.abc import Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import islice

from django.db import transaction
from django.utils import timezone

from apps.common.csv_files import FileRefused, Problem, Row, read
from apps.core import events, jobs
from apps.core.errors import DomainError
from apps.teams.events import ResultRecorded
from apps.teams.models import ResultImport, ResultImportLine, TeamTournamentRegistration
from apps.teams.selectors import stats
from apps.teams.selectors.result_coins import result_policies
from apps.teams.services.result_coins import settle_coins
from apps.teams.services.result_imports import comparing, recording
from apps.teams.services.result_imports.checking import Portion
from apps.teams.services.result_imports.columns import BYTE_LIMIT, COLUMNS, ROW_LIMIT, understand
from apps.teams.services.result_imports.starting import check_actor, lock_import

State = ResultImport.State
PORTION = 500
PAID_AT_ONCE = 200  # results; their players' wallets are locked for that long


def check_import(import_id: int) -> str:
    """Read the file, then hold its lines against each other. Return the state it is in now."""
    imported = ResultImport.objects.get(pk=import_id)
    if imported.state != State.CHECKING:
        return imported.state
    if not imported.is_read:
        rows = read(BytesIO(imported.content or b""), columns=COLUMNS, row_limit=ROW_LIMIT, byte_limit=BYTE_LIMIT)
        try:
            for portion in _portions(row for row in rows if row.line > imported.last_line):
                if not _keep(imported, portion):
                    return State.CHECKING
        except FileRefused as refusal:
            return _refuse(import_id, refusal.problem)
        with transaction.atomic():
            read_now = _locked_in(import_id, State.CHECKING)
            if read_now is None:
                return State.CHECKING
            read_now.is_read, read_now.lines = True, read_now.done
            read_now.save(update_fields=["is_read", "lines"])
    return _compare(import_id)


def _portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while portion := list(islice(iterator, PORTION)):
        yield portion


def _keep(imported: ResultImport, portion: list[Row]) -> bool:
    """Store the lines of these rows. Return False when somebody else has come further, or it was discarded."""
    with transaction.atomic():
        now = _locked_in(imported.pk, State.CHECKING)
        if now is None or now.last_line != imported.last_line:
            return False
        lines = Portion([understand(row) for row in portion], result_policies()).lines(now)
        ResultImportLine.objects.bulk_create(lines)
        now.last_line = imported.last_line = portion[-1].line
        now.done += len(portion)
        now.save(update_fields=["last_line", "done"])
    return True


def _compare(import_id: int) -> str:
    imported = ResultImport.objects.defer("content").get(pk=import_id)
    for portion in comparing.portions(imported):
        with transaction.atomic():
            now = _locked_in(import_id, State.CHECKING)
            if now is None or now.last_tournament >= portion[-1].tournament_id:
                return State.CHECKING
            wrong = comparing.compare(portion)
            ResultImportLine.objects.bulk_update(wrong, ["effect", "problems"], batch_size=PORTION)
            now.last_tournament = portion[-1].tournament_id
            now.save(update_fields=["last_tournament"])
    with transaction.atomic():
        now = _locked_in(import_id, State.CHECKING)
        if now is not None:
            wrong_ones = now.rows.filter(effect=ResultImportLine.Effect.WRONG)
            now.state = State.REFUSED if wrong_ones.exists() else State.CHECKED
            now.save(update_fields=["state"])
    return now.state if now else State.CHECKING


def record_import(import_id: int) -> str:
    """Record all lines of a confirmed file, or none. Return the state it is in now."""
    try:
        with transaction.atomic():
            imported = _locked_in(import_id, State.RECORDING)
            if imported is None:
                return ResultImport.objects.values_list("state", flat=True).get(pk=import_id)
            check_actor(imported.confirmed_by)
            imported.recorded = recording.record_lines(imported)
            imported.state, imported.content, imported.done = State.PAYING, None, 0
            imported.save()
            jobs.enqueue("teams.pay_results_file", import_id=import_id)
            jobs.enqueue("teams.settle_achievements")
    except DomainError as refusal:
        return _refuse(import_id, Problem(0, "", refusal.message))
    return State.PAYING


def pay_import(import_id: int) -> int:
    """Pay the coins of a recorded file, a portion at a time. Return how many results this call saw to."""
    seen = 0
    while (portion := _pay_portion(import_id)) is not None:
        seen += portion
    return seen


def _pay_portion(import_id: int) -> int | None:
    """Pay the next results, in one transaction with the cursor. Return None when nothing is left."""
    with transaction.atomic():
        imported = _locked_in(import_id, State.PAYING)
        if imported is None:
            return None
        results = list(
            TeamTournamentRegistration.objects.select_for_update(no_key=True, of=("self",))
            .filter(source=imported, pk__gt=imported.last_paid)
            .order_by("pk")[:PAID_AT_ONCE]
        )
        if not results:
            imported.state, imported.finished_at = State.DONE, timezone.now()
            imported.save(update_fields=["state", "finished_at"])
            jobs.enqueue("teams.send_results_file_notifications", import_id=import_id, _queue="bulk")
            return None
        imported.coins += settle_coins(results, actor=imported.confirmed_by).coins
        imported.last_paid = results[-1].pk
        imported.done += len(results)
        imported.save(update_fields=["coins", "last_paid", "done"])
        for team_id in {result.team_id for result in results}:
            transaction.on_commit(partial(stats.forget, team_id))
        for result in results:
            events.publish(ResultRecorded(team_id=result.team_id, result_id=result.pk, played_on=result.played_on))
        return len(results)


def _locked_in(import_id: int, state: str) -> ResultImport | None:
    """Lock the import, and return it if it still is in this state."""
    imported = lock_import(import_id)
    return imported if imported.state == state else None


@transaction.atomic
def _refuse(import_id: int, problem: Problem) -> str:
    imported = lock_import(import_id)
    if imported.state in {State.CHECKING, State.RECORDING}:
        imported.state, imported.problem = State.REFUSED, problem.as_dict()
        imported.save(update_fields=["state", "problem"])
    return imported.state

"""A file whose workers are killed at every step, and eight of them at once: recorded whole, paid once."""

import pytest
from django.db import connection

from apps.economy.models import DeltaCrownTransaction
from apps.economy.selectors.proof import prove
from apps.teams.models import ResultImport, TeamTournamentRegistration
from apps.teams.services.result_imports import (
    check_import,
    confirm_import,
    pay_import,
    record_import,
    start_import,
    steps,
)
from tests.once import Killed, _counted
from tests.teams.importing import row, table
from tests.teams.people import make_team
from tests.teams.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]
PLACES = (1, 2, 3, 5)
DAY = "2026-11-01"


@pytest.fixture
def teams(monkeypatch, transactional_db):
    """Four teams of one player each, and portions of one row."""
    from apps.economy.models import CoinPolicy

    monkeypatch.setattr(steps, "PORTION", 1)
    monkeypatch.setattr(steps, "PAID_AT_ONCE", 1)
    # A test that empties all tables takes the policies from those that follow it.
    for rule, amount in (("participation", 20), ("winner", 500), ("runner_up", 250), ("top4", 100)):
        CoinPolicy.objects.update_or_create(rule=rule, defaults={"amount": amount, "cap": 1000, "window": "ever"})
    return [make_team() for _ in PLACES]


def send(teams, tournament):
    from io import BytesIO

    rosters = [team.captain.user.username for team in teams]
    rows = [
        row(team.slug, place, tournament=tournament, day=DAY, roster=name)
        for team, place, name in zip(teams, PLACES, rosters, strict=True)
    ]
    return start_import(actor=None, file_name="results.csv", stream=BytesIO(table(*rows))).pk


def go_on(pk):
    """Do what the jobs do, from wherever it is."""
    check_import(pk)
    if ResultImport.objects.get(pk=pk).state == "checked":
        confirm_import(actor=None, import_id=pk)
    record_import(pk)
    pay_import(pk)


def outcome(tournament):
    """Return what is recorded and what was paid."""
    entries = DeltaCrownTransaction.objects.filter(tournament_id=tournament)
    places = TeamTournamentRegistration.objects.filter(tournament_id=tournament).values_list("placement", flat=True)
    return sorted(places), sorted(entries.values_list("amount", flat=True))


WHOLE = ([1, 2, 3, 5], [20, 20, 20, 20, 100, 250, 500])


def test_killed_anywhere_it_is_recorded_whole_or_not_at_all_and_goes_on(teams):
    for tournament in (1, 2):  # the first makes the wallets, and takes some statements more
        pk = send(teams, tournament)
        with _counted() as count:
            go_on(pk)
        assert outcome(tournament) == WHOLE

    for tournament, statement in enumerate(range(5, count.statements, count.statements // 7), 3):
        pk = send(teams, tournament)
        with pytest.raises(Killed), _counted(limit=statement):
            go_on(pk)
        connection.close()  # the server rolls back what was not committed
        places, paid = outcome(tournament)
        assert places in ([], [1, 2, 3, 5])
        assert len(paid) in (0, 2, 4, 6, 7)  # whole results: each has its participation and perhaps its place
        go_on(pk)
        assert outcome(tournament) == WHOLE, f"killed at statement {statement} of {count.statements}"
    assert prove().count == 0


def test_eight_workers_at_once_record_and_pay_it_once(teams):
    pk = send(teams, 50)

    assert at_once(*[lambda: check_import(pk)] * 8) == {"done": 8}
    check_import(pk)
    assert ResultImport.objects.get(pk=pk).rows.count() == 4
    assert at_once(*[lambda: confirm_import(actor=None, import_id=pk)] * 8) == {"done": 1, "Conflict": 7}
    assert at_once(*[lambda: record_import(pk)] * 8) == {"done": 8}
    assert at_once(*[lambda: pay_import(pk)] * 8) == {"done": 8}

    assert outcome(50) == WHOLE
    assert (ResultImport.objects.get(pk=pk).state, prove().count) == ("done", 0)


def test_two_files_with_the_same_results_at_once_record_them_once(teams):
    first, second = send(teams, 60), send(teams, 60)
    for pk in (first, second):
        check_import(pk)
        confirm_import(actor=None, import_id=pk)

    at_once(lambda: record_import(first), lambda: record_import(second))
    pay_import(first)
    pay_import(second)

    assert outcome(60) == WHOLE
    assert sorted(ResultImport.objects.values_list("state", flat=True)) == ["done", "refused"]

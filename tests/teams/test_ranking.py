"""Counting points: the SQL does what the formula says, once, and tells what it did."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from threading import Barrier, Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core import slots
from apps.corelib import ranking
from apps.corelib.ranking import Counts, Weights
from apps.teams import tasks
from apps.teams.models import (
    Team,
    TeamMembership,
    TeamRankingBreakdown,
    TeamRankingHistory,
    TeamTournamentRegistration,
)
from apps.teams.selectors import ranking_sources
from apps.teams.selectors.ranking_totals import totals
from apps.teams.services import ranking_service as service_module
from apps.teams.services.points import adjust_points
from apps.teams.services.ranking_service import ranking_service
from deltacrown.celery import app
from tests.teams.people import add_member, make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard_criteria")]

recalculate = ranking_service.recalculate_all_teams


@pytest.fixture
def boss(db):
    return make_user("boss", is_superuser=True, is_staff=True)


def played(team, tournament_id=1, placement=None, **fields):
    fields.setdefault("played_on", date(2026, 5, 1))
    fields.setdefault("tournament_name", f"Cup {tournament_id}")
    return TeamTournamentRegistration.objects.create(
        team=team, tournament_id=tournament_id, placement=placement, status="completed", **fields
    )


def months_ago(months):
    now = timezone.now()
    return (now.replace(day=1) - timedelta(days=31 * months)).replace(day=1)


def ages(team):
    return ranking.full_months(team.created_at, timezone.now())


def ranks():
    return list(
        TeamRankingBreakdown.objects.filter(rank__isnull=False).order_by("rank").values_list("team__name", "rank")
    )


# --- The sum ----------------------------------------------------------------------------------------------------------


def test_the_answer_is_the_one_of_the_operations_manual(wolves):
    assert recalculate(reason="Daily") == {"status": "success", "teams_processed": 1, "teams_updated": 1}


def test_every_component_is_stored_with_its_points(wolves):
    Team.objects.update(created_at=timezone.now() - timedelta(days=70), adjust_points=-5)
    add_member(wolves)
    add_member(wolves, status="inactive")
    played(wolves, 1, 1)
    played(wolves, 2, 2)
    played(wolves, 3, 4)
    played(wolves, 4)
    TeamTournamentRegistration.objects.create(team=wolves, tournament_id=5, tournament_name="Next", status="registered")
    wolves.refresh_from_db()

    recalculate()

    row = TeamRankingBreakdown.objects.values().get(team=wolves)
    counted = {code: row[code] for code in ranking.CODES}
    assert counted == {
        "participations": 4,
        "wins": 1,
        "runner_ups": 1,
        "top_fours": 1,
        "members": 2,
        "months": ages(wolves),
        "achievements": 0,
        "posts": 0,
        "chat_days": 0,
        "practices": 0,
    }
    assert {code: row[f"{code}_points"] for code in ranking.CODES} == ranking.parts(Counts(**counted), Weights())
    assert row["total"] == 4 * 50 + 500 + 300 + 150 + 20 + 30 * ages(wolves) - 5
    assert Team.objects.get().total_points == row["total"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    since=st.datetimes(datetime(2015, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    at=st.datetimes(datetime(2016, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    adjustment=st.integers(-9_000, 9_000),
    weights=st.builds(
        Weights, **dict.fromkeys(ranking.WEIGHTS, st.integers(0, 10_000)), max_months=st.none() | st.integers(0, 60)
    ),
)
def test_the_sql_and_the_formula_agree(wolves, since, at, adjustment, weights):
    played(wolves, 1, 1) if not wolves.tournament_registrations.exists() else None
    Team.objects.update(created_at=since, adjust_points=adjustment)

    sql, params = totals(weights, at=at)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))

    had = int(at.date() >= date(2026, 5, 1))
    counts = Counts(participations=had, wins=had, members=1, months=ranking.full_months(since, at))
    assert {code: row[code] for code in ranking.CODES} == vars(counts)
    assert {code: row[f"{code}_points"] for code in ranking.CODES} == ranking.parts(counts, weights)
    assert row["total"] == ranking.total(counts, weights, adjustment=adjustment)


def test_points_never_fall_below_zero(wolves):
    Team.objects.update(adjust_points=-100_000)
    recalculate()
    assert Team.objects.get().total_points == 0
    assert TeamRankingBreakdown.objects.get().total == 0


def test_a_feature_of_later_plugs_in_as_a_source(wolves, monkeypatch):
    from django.db.models import Count

    def achievements():
        def rows(team, at):
            return [ranking_sources.Row("achievements", "First blood")]

        count = TeamMembership.objects.order_by().values("team_id").annotate(achievements=Count("pk"))
        return ranking_sources.Source(("achievements",), lambda at: count, rows)

    # In the place of what the site has under this name by now.
    monkeypatch.setattr(slots, "fillings", lambda slot: [ranking_sources.members, achievements])
    recalculate()
    assert TeamRankingBreakdown.objects.get().achievements_points == 100

    monkeypatch.setattr(slots, "fillings", lambda slot: [achievements, achievements])
    with pytest.raises(ValueError, match="two sources"):
        recalculate()


# --- Runs -------------------------------------------------------------------------------------------------------------


def test_a_second_run_at_once_changes_nothing(wolves):
    played(wolves, 1, 1)
    make_team("Ravens")
    recalculate()
    before = everything()

    assert recalculate()["teams_updated"] == 0

    assert everything() == before


def everything():
    return {
        model.__name__: sorted(map(str, model.objects.values_list()))
        for model in (Team, TeamRankingBreakdown, TeamRankingHistory)
    }


def test_history_has_a_row_only_where_points_changed(wolves):
    ravens = make_team("Ravens")
    recalculate(reason="First night")
    first = Team.objects.get(pk=wolves.pk).total_points
    played(wolves, 1)

    assert recalculate(reason="Second night")["teams_updated"] == 1

    rows = TeamRankingHistory.objects.filter(team=wolves).order_by("pk")
    assert [(row.before, row.after, row.source, row.reason, row.actor_id) for row in rows] == [
        (0, first, "recalculation", "First night", None),
        (first, first + 50, "recalculation", "Second night", None),
    ]
    assert TeamRankingHistory.objects.filter(team=ravens).count() == 1


def test_disbanded_teams_keep_their_points_and_lose_their_rank(wolves):
    make_team("Ravens")
    recalculate()
    points = Team.objects.get(pk=wolves.pk).total_points
    Team.objects.filter(pk=wolves.pk).update(is_active=False)

    assert recalculate() == {"status": "success", "teams_processed": 1, "teams_updated": 0}

    assert Team.objects.get(pk=wolves.pk).total_points == points
    assert ranks() == [("Ravens", 1)]


def test_a_private_team_is_counted_and_not_ranked(wolves):
    Team.objects.update(is_public=False)
    recalculate()
    row = TeamRankingBreakdown.objects.get()
    assert (row.total, row.rank, row.game_rank, row.region_rank) == (10, None, None, None)


def test_ties_fall_to_titles_then_age_then_number(boss):
    at = timezone.now() - timedelta(hours=3)
    second, third, last = (
        make_team(name, created_at=at + timedelta(minutes=delay))
        for name, delay in (("Second", 0), ("Third", 1), ("Last", 1))
    )
    first = make_team("First", created_at=at + timedelta(minutes=9))
    played(first, 1, 1)
    adjust_points(actor=boss, team=first, amount=-550, reason="To be level")

    recalculate()

    assert len(set(Team.objects.values_list("total_points", flat=True))) == 1
    assert ranks() == [("First", 1), ("Second", 2), ("Third", 3), ("Last", 4)]
    assert (second.pk, third.pk, last.pk) == tuple(sorted((second.pk, third.pk, last.pk)))


def test_places_are_numbered_by_game_and_region_too(wolves):
    make_team("Tigers", game="cs2", region="IN", adjust_points=5)
    make_team("Ravens", region="IN", adjust_points=-1)
    recalculate()
    rows = TeamRankingBreakdown.objects.order_by("rank").values_list("team__name", "rank", "game_rank", "region_rank")
    assert list(rows) == [("Tigers", 1, 1, 1), ("Dhaka Wolves", 2, 1, 1), ("Ravens", 3, 2, 2)]


def test_movement_is_told_since_the_run_before(wolves):
    ravens = make_team("Ravens")
    recalculate()
    Team.objects.filter(pk=ravens.pk).update(adjust_points=500)
    recalculate()
    recalculate()  # finds nothing new, so who moved stays known

    rows = TeamRankingBreakdown.objects.order_by("rank").values_list("team__name", "rank", "previous_rank")
    assert list(rows) == [("Ravens", 1, 2), ("Dhaka Wolves", 2, 1)]


def test_the_number_of_queries_does_not_depend_on_the_number_of_teams(django_assert_num_queries):
    many_teams(100)
    # Savepoint and its release; lock; criteria; breakdowns; team locks; history; points; ranks; count; the run.
    with django_assert_num_queries(11):
        assert recalculate()["teams_updated"] == 100
    many_teams(1900)
    with django_assert_num_queries(11):
        assert recalculate()["teams_updated"] == 1900


def many_teams(number):
    """Teams without members: what they cost is what matters here."""
    captain = make_user().profile
    start = Team.objects.count()
    Team.objects.bulk_create(
        Team(name=f"Team {n}", tag=f"T{n}", slug=f"t-{n}", game="valorant", captain=captain, adjust_points=1 + n % 97)
        for n in range(start, start + number)
    )


def test_the_task_is_on_the_schedule_of_the_operations_manual(wolves):
    entry = app.conf.beat_schedule["recompute-rankings-daily"]
    assert (entry["task"], entry["schedule"].hour, entry["schedule"].minute) == (
        "teams.recompute_team_rankings",
        {2},
        {0},
    )
    assert tasks.recompute_team_rankings.run() == {"status": "success", "teams_processed": 1, "teams_updated": 1}
    assert TeamRankingHistory.objects.get().reason == "Daily automated recalculation"


def test_a_dry_run_tells_and_writes_nothing(wolves):
    out = StringIO()
    call_command("recompute_rankings", "--dry-run", stdout=out)
    assert "- -> 1  0 -> 10  Dhaka Wolves [DW]" in out.getvalue()
    assert "1 of 1 teams would be updated, 1 would change places. Nothing was written." in out.getvalue()
    assert not TeamRankingBreakdown.objects.exists()
    assert Team.objects.get().total_points == 0

    out = StringIO()
    call_command("recompute_rankings", stdout=out)
    assert out.getvalue() == "1 of 1 teams updated.\n"
    assert Team.objects.get().total_points == 10


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_have_one_effect():
    many_teams(200)
    barrier, results = Barrier(8), []

    def run(_):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            results.append(recalculate()["teams_updated"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(run, range(8)))

    assert sorted(results) == [0] * 7 + [200]
    assert TeamRankingHistory.objects.count() == 200


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connection to kill")
@pytest.mark.django_db(transaction=True)
def test_a_run_killed_half_way_leaves_nothing_and_the_next_one_ends_the_same(monkeypatch):
    many_teams(50)
    Team.objects.update(adjust_points=40)
    before = everything()
    stored, killed = Event(), Event()
    real = service_module._store_ranks

    def halt(**kwargs):
        # Points and history are written, ranks are not. Here the server takes the connection away.
        stored.set()
        killed.wait(timeout=20)
        real(**kwargs)

    monkeypatch.setattr(service_module, "_store_ranks", halt)
    ended = []

    def run():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.append(cursor.fetchone()[0])
            recalculate()
        except Exception as error:
            ended.append(type(error).__name__)
        finally:
            connections.close_all()

    pids = []
    thread = Thread(target=run)
    thread.start()
    assert stored.wait(timeout=20)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", pids)
    killed.set()
    thread.join(timeout=20)

    assert ended == ["OperationalError"]
    assert everything() == before
    monkeypatch.setattr(service_module, "_store_ranks", real)
    assert recalculate()["teams_updated"] == 50
    assert set(Team.objects.values_list("total_points", flat=True)) == {40}
    assert [rank for _, rank in ranks()] == list(range(1, 51))

"""The seed's indexes are in the live schema under its names, and PostgreSQL uses each for what it is for."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.core import indexes
from apps.economy.models import DeltaCrownWallet
from apps.notifications.models import Notification
from apps.teams.models import Team

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has another planner"),
]

# The seed's list, "Database Indexing".
SEED = {
    "idx_team_game": "teams_team",
    "idx_team_captain": "teams_team",
    "idx_team_created_at": "teams_team",
    "idx_wallet_profile": "economy_deltacrown_wallet",
    "idx_transaction_wallet": "economy_deltacrown_transaction",
    "idx_transaction_created": "economy_deltacrown_transaction",
    "idx_order_user": "ecommerce_order",
    "idx_order_status": "ecommerce_order",
    "idx_order_created": "ecommerce_order",
    "idx_notification_recipient": "notifications_notification",
    "idx_notification_created": "notifications_notification",
}


def test_every_index_of_the_seed_is_named_by_its_app_on_its_table() -> None:
    named = {use.name: use.table for use in indexes.every()}
    assert {name: named.get(name) for name in SEED} == SEED


def test_every_index_is_there_and_valid() -> None:
    assert {each.use.name: each.problem for each in indexes.check() if each.problem} == {}


@pytest.fixture
def many_rows() -> None:
    """Fill the tables as a busy site has them, without the people and teams that the rows would belong to."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # foreign keys and triggers rest meanwhile
        Team.objects.bulk_create(
            Team(
                name=f"Team {n}",
                slug=f"team-{n}",
                tag=f"{n:05}",
                game="valorant" if n % 50 == 0 else "cs2",
                captain_id=n,
            )
            for n in range(3000)
        )
        DeltaCrownWallet.objects.bulk_create(DeltaCrownWallet(profile_id=n) for n in range(3000))
        Notification.objects.bulk_create(
            Notification(
                recipient_id=n % 300,
                type="t",
                title="x",
                fingerprint=str(n),
                batch=UUID(int=0),
                read_at=None if n % 50 == 0 else now,
                created_at=now - timedelta(hours=n),
            )
            for n in range(12_000)
        )
        for table in ("teams_team", "economy_deltacrown_wallet", "notifications_notification"):
            cursor.execute(f"ANALYZE {table}")
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.usefixtures("many_rows")
@pytest.mark.parametrize("table", ["teams_team", "economy_deltacrown_wallet", "notifications_notification"])
def test_with_many_rows_the_planner_takes_each_by_itself(table: str) -> None:
    found = {each.use.name: each.now for each in indexes.check() if each.use.table == table}
    assert found
    assert {name for name, used in found.items() if not used} == set()


def test_a_dropped_index_and_one_that_serves_nothing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    uses = {use.name: use for use in indexes.every()}
    gone = replace(uses["idx_team_game"], name="idx_team_gone")
    idle = replace(uses["idx_team_captain"], query=uses["idx_team_created_at"].query)
    monkeypatch.setattr(indexes, "SMALL", -1)
    elsewhere = replace(uses["idx_team_points"], table="teams_invite")
    monkeypatch.setattr(indexes, "every", lambda: [gone, idle, elsewhere])
    assert {each.use.name: each.problem for each in indexes.check()} == {
        "idx_team_gone": "is missing",
        "idx_team_captain": "is there, but the planner takes another way for the query that it is for",
        "idx_team_points": "is on teams_team",
    }
    with pytest.raises(SystemExit) as end:
        call_command("check_indexes", stdout=io.StringIO(), stderr=io.StringIO())
    assert end.value.code == 1


def test_the_command_says_it_for_people_and_machines() -> None:
    people, machines = io.StringIO(), io.StringIO()
    call_command("check_indexes", stdout=people)
    call_command("check_indexes", "--json", stdout=machines)
    assert "ok    idx_team_game" in people.getvalue()
    told = json.loads(machines.getvalue())
    assert set(SEED) <= set(told)
    assert {each["problem"] for each in told.values()} == {""}

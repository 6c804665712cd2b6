"""The indexes of teams are there under their names, and the queries they were made for use them."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.common.pagination import keyset_page
from apps.teams import scale
from apps.teams.models import Team
from apps.teams.selectors import directory
from apps.teams.selectors.directory import Filters

pytestmark = pytest.mark.django_db
FROM_THE_MANUAL = {"idx_team_game": "game", "idx_team_captain": "captain_id", "idx_team_created_at": "created_at"}


def plan(queryset):
    return queryset.explain()


def test_the_indexes_of_the_manual_exist_under_its_names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'teams_team'")
        found = dict(cursor.fetchall())
    for name, column in FROM_THE_MANUAL.items():
        assert found[name].endswith(f"USING btree ({column})")
    assert {"idx_team_points", "idx_team_members", "idx_team_name", "idx_team_name_trgm", "idx_team_tag_trgm"} <= set(
        found
    )


def test_the_database_uses_them():
    scale.load(1_500, now=timezone.now())
    visitor = AnonymousUser()
    middle = Team.objects.order_by("pk")[750]
    assert "idx_team_game" in plan(Team.objects.filter(game="valorant").only("pk"))
    assert "idx_team_captain" in plan(Team.objects.filter(captain=middle.captain_id))
    for sort, index in {
        "": "idx_team_created_at",
        "points": "idx_team_points",
        "members": "idx_team_members",
        "name": "idx_team_name",
    }.items():
        teams = directory.directory(viewer=visitor, filters=Filters(sort=sort))
        assert index in plan(teams[:25]), sort
        assert "Seq Scan on teams_team" not in plan(teams[:25]), sort
    # Every row was written just now, which makes this kind of index look dear until the next vacuum.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        search = plan(directory.directory(viewer=visitor, filters=Filters(search="dhapadma")).select_related(None))
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")
    assert {"idx_team_name_trgm", "idx_team_tag_trgm"} <= set(re.findall(r"idx_\w+", search))

    # The cursor of a page far down is a bound of the index, not a filter over everything before it.
    filters = Filters(sort="name")
    teams = directory.directory(viewer=AnonymousUser(), filters=filters)
    page = keyset_page(teams, order=filters.order, size=1_000)
    with CaptureQueriesContext(connection) as captured:
        keyset_page(teams, order=filters.order, cursor=page.next_cursor, size=24)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {captured[0]['sql']}")
        lines = [line for (line,) in cursor.fetchall()]
    assert any("Index Cond: " in line and "name_ci" in line for line in lines)

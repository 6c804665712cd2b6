"""What a file of 10,000 results costs, sent twice: seconds, statements and memory of each step.

    .venv/bin/python -m benchmarks.import_results [--rows 10000]

Takes the PostgreSQL of the environment and leaves nothing behind: all of it is one transaction that is rolled back.
Sixteen teams a tournament, four players each, who stay with their team. The second time everything is recorded already.
"""

import argparse
import json
import logging
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - after setup
from django.test.utils import CaptureQueriesContext  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.economy.models import DeltaCrownTransaction  # noqa: E402
from apps.economy.selectors.proof import prove  # noqa: E402
from apps.teams.models import RosterChange, Team, TeamMembership, TeamTournamentRegistration  # noqa: E402
from apps.teams.services import result_imports as services  # noqa: E402
from apps.user_profile.models import UserProfile  # noqa: E402

MEMBERS = 4
TEAMS = 16  # in a tournament
FIRST_NUMBER = 9_000_001  # above what a database that is in use may hold
FOUNDED = datetime(2024, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2024, 2, 1)
HEADER = "tournament_id,tournament,date,team,game,placement,participants,prize,status,roster\n"


def fill(teams: int) -> list[Team]:
    """Make teams with members since long ago."""
    people = User.objects.bulk_create(
        User(username=f"bench{number}", email=f"bench{number}@example.test") for number in range(teams * MEMBERS)
    )
    profiles = UserProfile.objects.bulk_create(UserProfile(user=user, display_name=user.username) for user in people)
    made = Team.objects.bulk_create(
        Team(
            name=f"Bench {number}",
            tag=f"Q{number}",
            slug=f"bench-{number}",
            game="valorant",
            captain=profiles[number * MEMBERS],
        )
        for number in range(teams)
    )
    members = TeamMembership.objects.bulk_create(
        TeamMembership(
            team=team,
            profile=profiles[number * MEMBERS + seat],
            game=team.game,
            role="player" if seat else "captain",
            slot=seat + 1,
        )
        for number, team in enumerate(made)
        for seat in range(MEMBERS)
    )
    RosterChange.objects.bulk_create(
        RosterChange(
            team_id=member.team_id,
            profile_id=member.profile_id,
            membership=member,
            kind="joined",
            role=member.role,
            status="active",
            at=FOUNDED,
        )
        for member in members
    )
    with connection.cursor() as cursor:
        for model in (Team, TeamMembership, RosterChange, User, UserProfile):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    return made


def table(teams: list[Team], rows: int) -> bytes:
    """Return a season: each tournament has the next sixteen teams, two weeks after the one before."""
    lines = []
    for number in range(rows):
        tournament, place = divmod(number, TEAMS)
        day = FIRST_DAY + timedelta(days=14 * (tournament // (len(teams) // TEAMS)) % 900)
        team = teams[(tournament * TEAMS + place) % len(teams)]
        lines.append(
            f"{FIRST_NUMBER + tournament},Cup {tournament + 1},{day},{team.slug},,{place + 1},{TEAMS},1000,,\n"
        )
    return (HEADER + "".join(lines)).encode()


def measured(act: Callable[[], object]) -> dict[str, Any]:
    """Do it and return what it took. Memory is the most that Python held more than before."""
    tracemalloc.start()
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        act()
    seconds = time.perf_counter() - start
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"seconds": round(seconds, 2), "queries": len(captured), "megabytes": round(most / 1e6, 1)}


def send(content: bytes) -> dict[str, dict[str, Any]]:
    """Take one file through its steps."""
    imported = services.start_import(actor=None, file_name="season.csv", stream=BytesIO(content))
    connection.queries_log.clear()
    figures = {"check": measured(lambda: services.check_import(imported.pk))}
    imported.refresh_from_db()
    if imported.state != "checked":
        problems = list(imported.rows.exclude(problems=[]).values_list("number", "problems")[:5])
        raise SystemExit(f"The file {imported.get_state_display().lower()}: {imported.problem} {problems}")
    figures["confirm"] = measured(lambda: services.confirm_import(actor=None, import_id=imported.pk))
    figures["record"] = measured(lambda: services.record_import(imported.pk))
    figures["pay"] = measured(lambda: services.pay_import(imported.pk))
    imported.refresh_from_db()
    if imported.state != "done":
        raise SystemExit(f"The import is {imported.state}: {imported.problem}")
    return figures


def main() -> None:
    logging.disable(logging.WARNING)  # what is slow here is told below
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    options = parser.parse_args()
    with transaction.atomic():
        content = table(fill(1_600), options.rows)
        found: dict[str, Any] = {"rows": options.rows, "first": send(content)}
        made = (TeamTournamentRegistration.objects.count(), DeltaCrownTransaction.objects.count())
        found["results"], found["entries"] = made
        found["second"] = send(content)
        again = (TeamTournamentRegistration.objects.count(), DeltaCrownTransaction.objects.count())
        found["the same after the second"] = made == again
        found["faults in the ledger"] = prove().count
        transaction.set_rollback(True)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

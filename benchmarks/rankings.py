"""What a recalculation of all teams costs, beside the plain SQL that computes and stores the same totals.

    .venv/bin/python -m benchmarks.rankings [--teams 10000 100000] [--rounds 3]

Takes the PostgreSQL of the environment and leaves nothing behind: each size is made in a transaction that is rolled
back. Prints a line for each figure and JSON last. Times are the median of the rounds, in seconds.

All sources of points have rows. The plain SQL joins the grouped counts, sums them by weights written into its text and
stores total_points. It keeps no breakdown, no history and no ranks, all of which the recalculation does as well.

    first     every team is new: a breakdown, a row of history and a rank for each
    night     one team in thirty has another full month, as on any night
    nothing   nothing has changed
"""

import argparse
import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - after setup
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.corelib import games  # noqa: E402
from apps.corelib.ranking import ACTIVITY_DAYS  # noqa: E402
from apps.teams.models import (  # noqa: E402
    ChatMessage,
    PracticeAnswer,
    PracticeSession,
    Team,
    TeamAchievement,
    TeamPost,
)
from apps.teams.selectors import leaderboards  # noqa: E402
from apps.teams.services.ranking_service import ranking_service  # noqa: E402
from apps.user_profile.models import UserProfile  # noqa: E402

MEMBERS = 4
RESULTS = 3
BATCH = 5_000
PLAIN = """
UPDATE teams_team t SET total_points = GREATEST(0,
    50 * COALESCE(r.played, 0) + 500 * COALESCE(r.won, 0) + 300 * COALESCE(r.second, 0) + 150 * COALESCE(r.top, 0)
    + 10 * COALESCE(m.members, 0) + t.adjust_points
    + 100 * COALESCE(a.achieved, 0) + 5 * COALESCE(p.posts, 0) + 2 * COALESCE(c.days, 0) + 5 * COALESCE(s.days, 0)
    + 30 * GREATEST(0, (EXTRACT(year FROM age(%(at)s, t.created_at)) * 12
        + EXTRACT(month FROM age(%(at)s, t.created_at)))::int))
FROM teams_team u
LEFT JOIN (SELECT team_id, count(*) AS members FROM teams_teammembership WHERE status = 'active' GROUP BY 1) m
    ON m.team_id = u.id
LEFT JOIN (SELECT team_id, count(*) AS played, count(*) FILTER (WHERE placement = 1) AS won,
        count(*) FILTER (WHERE placement = 2) AS second, count(*) FILTER (WHERE placement IN (3, 4)) AS top
    FROM teams_teamtournamentregistration WHERE status = 'completed' GROUP BY 1) r ON r.team_id = u.id
LEFT JOIN (SELECT team_id, count(*) AS achieved FROM teams_teamachievement
    WHERE removed_at IS NULL AND status = 'confirmed' AND achieved_on <= (%(at)s AT TIME ZONE 'UTC')::date
    GROUP BY 1) a ON a.team_id = u.id
LEFT JOIN (SELECT team_id, least(count(*), 30) AS posts FROM teams_teampost
    WHERE state = 'published' AND published_at > %(since)s AND published_at <= %(at)s GROUP BY 1) p ON p.team_id = u.id
LEFT JOIN (SELECT team_id, count(DISTINCT (created_at AT TIME ZONE %(zone)s)::date) AS days FROM teams_chatmessage
    WHERE deleted_at IS NULL AND created_at > %(since)s AND created_at <= %(at)s GROUP BY 1) c ON c.team_id = u.id
LEFT JOIN (SELECT team_id, count(DISTINCT (ends_at AT TIME ZONE 'UTC')::date) AS days FROM teams_practicesession
    WHERE cancelled_at IS NULL AND ends_at > %(since)s AND ends_at <= %(at)s AND id IN (SELECT session_id
        FROM teams_practiceanswer WHERE answer = 'yes' GROUP BY 1 HAVING count(*) >= 2)
    GROUP BY 1) s ON s.team_id = u.id
WHERE u.id = t.id AND t.is_active
"""
MEMBERSHIPS = """
INSERT INTO teams_teammembership (team_id, profile_id, game, role, status, slot, in_game_role)
SELECT t.id, (%(first_profile)s + ((t.id - %(first_team)s) / %(games)s * %(members)s + n - 1)),
    t.game, CASE n WHEN 1 THEN 'captain' ELSE 'player' END, 'active', n, ''
FROM teams_team t, generate_series(1, %(members)s) n WHERE t.id >= %(first_team)s
"""
PLAYED = """
INSERT INTO teams_teamtournamentregistration (team_id, tournament_id, tournament_name, status, placement, prize,
    played_on, roster)
SELECT t.id, n * 1000000 + (t.id - %(first_team)s) / 8, 'Cup', 'completed', 1 + (t.id - %(first_team)s) %% 8, 0,
    date '2026-05-01', '[]'
FROM teams_team t, generate_series(1, %(results)s) n WHERE t.id >= %(first_team)s
"""


def fill(teams: int, now: datetime) -> None:
    """Make teams with members and results. Nine teams in a row are of nine games and share their players."""
    codes = list(games.GAMES)
    people = (teams // len(codes) + 1) * MEMBERS
    users = User.objects.bulk_create(
        (User(username=f"bench{number}", email=f"bench{number}@example.test") for number in range(people)),
        batch_size=BATCH,
    )
    profiles = UserProfile.objects.bulk_create(
        (UserProfile(user=user, display_name=user.username) for user in users), batch_size=BATCH
    )
    made = Team.objects.bulk_create(
        (
            Team(
                name=f"Bench {number}",
                tag=f"Q{number}",
                slug=f"bench-{number}",
                game=codes[number % len(codes)],
                captain=profiles[0],
                created_at=now - timedelta(days=number % 1200, hours=number % 24),
            )
            for number in range(teams)
        ),
        batch_size=BATCH,
    )
    values = {
        "first_profile": profiles[0].pk,
        "first_team": made[0].pk,
        "games": len(codes),
        "members": MEMBERS,
        "results": RESULTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(MEMBERSHIPS, values)
        cursor.execute(PLAYED, values)
        for table in ("teams_team", "teams_teammembership", "teams_teamtournamentregistration"):
            cursor.execute(f"ANALYZE {table}")
    fill_life(made, users, now)


def fill_life(teams: list[Team], people: list[User], now: datetime) -> None:
    """Let them do what else earns points: an achievement each, three posts, five messages, two sessions."""
    first, day = people[0], timedelta(days=1)
    rows: list[list[Any]] = [
        [
            TeamAchievement(team=team, title="Cup", achieved_on=date(2026, 5, 1), status="confirmed", reviewed_at=now)
            for team in teams
        ],
        [
            TeamPost(
                team=team, author=first, title="Post", body="Words", state="published", published_at=now - day * number
            )
            for team in teams
            for number in range(1, 4)
        ],
        [
            ChatMessage(
                team=team, author=first, number=n, revision=n, body="Hi", created_at=now - day * (n % 3) - day / 2
            )
            for team in teams
            for n in range(1, 6)
        ],
        [
            PracticeSession(
                team=team, title="Scrim", starts_at=now - day * n - day / 8, ends_at=now - day * n, planned_by=first
            )
            for team in teams
            for n in range(1, 3)
        ],
    ]
    for made in rows:
        type(made[0]).objects.bulk_create(made, batch_size=BATCH)
    sessions = rows[-1]
    PracticeAnswer.objects.bulk_create(
        (PracticeAnswer(session=session, user=user, answer="yes") for session in sessions for user in people[:2]),
        batch_size=BATCH,
    )
    with connection.cursor() as cursor:
        for model in (TeamAchievement, TeamPost, ChatMessage, PracticeSession, PracticeAnswer):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def undone(act: Callable[[], float]) -> float:
    """Do it and take it back, so that every round begins alike."""
    with transaction.atomic():
        seconds = act()
        transaction.set_rollback(True)
    return seconds


def plain(at: datetime) -> None:
    with connection.cursor() as cursor:
        values = {"at": at, "since": at - timedelta(days=ACTIVITY_DAYS), "zone": timezone.get_current_timezone_name()}
        cursor.execute(PLAIN, values)


def measure(teams: int, rounds: int) -> dict[str, object]:
    """Return the figures of one size."""
    now = timezone.now()
    fill(teams, now)

    def median(act: Callable[[], object]) -> float:
        return statistics.median(undone(lambda: timed(act)) for _ in range(rounds))

    def recalculate(at: datetime) -> dict[str, object]:
        return ranking_service.recalculate_all_teams(reason="Benchmark", at=at)

    figures: dict[str, object] = {"teams": teams}
    seconds = {"plain": median(lambda: plain(now)), "first": median(lambda: recalculate(now))}
    with CaptureQueriesContext(connection) as captured:
        recalculate(now)
    figures["queries"] = len(captured)
    by_formula = dict(Team.objects.values_list("pk", "total_points"))
    undone(lambda: timed(lambda: plain(now)))
    with connection.cursor() as cursor:
        for table in ("teams_teamrankingbreakdown", "teams_teamrankinghistory"):
            cursor.execute(f"ANALYZE {table}")
    plain(now)
    figures["same_totals"] = by_formula == dict(Team.objects.values_list("pk", "total_points"))
    seconds["night"] = median(lambda: recalculate(now + timedelta(days=1)))
    seconds["nothing"] = median(lambda: recalculate(now))
    for name, scope, after in (
        ("first page", leaderboards.Scope(), 0),
        ("page 100", leaderboards.Scope(), 5_000),
        ("game", leaderboards.Scope(game="valorant"), 0),
        ("game and region", leaderboards.Scope(game="valorant", region="BD"), 0),
    ):
        seconds[f"board, {name}"] = median(lambda scope=scope, after=after: leaderboards._build(scope, after))
    figures["seconds"] = {name: round(value, 4) for name, value in seconds.items()}
    figures["ratio"] = {name: round(seconds[name] / seconds["plain"], 2) for name in ("first", "night", "nothing")}
    return figures


def main() -> None:
    """Measure each size that was asked for."""
    logging.disable(logging.WARNING)  # what is slow here is told below
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teams", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found = []
    for teams in options.teams:
        with transaction.atomic():
            found.append(measure(teams, options.rounds))
            transaction.set_rollback(True)
        sys.stdout.write(f"{found[-1]}\n")
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

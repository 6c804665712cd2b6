"""Many teams at once, to see what lists cost: people, teams, memberships and their ranking, in a few statements."""

from datetime import datetime, timedelta

from django.db import connection

from apps.accounts.models import User
from apps.core.scale import Made, Plan, analyze
from apps.corelib import games, regions
from apps.teams.models import Team, TeamMembership, TeamRankingBreakdown
from apps.teams.services.ranking_service import ranking_service
from apps.user_profile.models import UserProfile

TEAMS = 20_000
MEMBERS = 4
BATCH = 5_000
SYLLABLES = ("dha", "ka", "pad", "ma", "tig", "ra", "su", "rok", "bo", "lin", "ven", "mor")

# Nine teams in a row are of nine games and share their players: nobody plays two of one game.
MEMBERSHIPS = f"""
INSERT INTO {TeamMembership._meta.db_table} (team_id, profile_id, game, role, status, slot, in_game_role)
SELECT t.id, %(first_profile)s + ((t.id - %(first_team)s) / %(games)s * %(members)s + n - 1),
    t.game, CASE n WHEN 1 THEN 'captain' ELSE 'player' END, 'active', n, ''
FROM {Team._meta.db_table} t, generate_series(1, 1 + (t.id %% %(members)s)::int) n
WHERE t.id >= %(first_team)s AND t.id < %(first_team)s + %(teams)s
"""  # noqa: S608 - our own tables


def load_share(plan: Plan) -> Made:
    """Make this plan's teams. Their players are people of their own, beside those of the whole scene."""
    return {"teams": load(plan.share(TEAMS), now=plan.now, mark=f"t{plan.mark}")}


def load(teams: int, *, now: datetime, mark: str = "scale") -> int:
    """Make ``teams`` public teams with one to four members each, rank all teams, and return how many were made.

    ``mark`` begins their names; a second load needs another. PostgreSQL only.
    """
    codes, places = list(games.GAMES), list(regions.REGIONS)
    people = (teams // len(codes) + 1) * MEMBERS
    users = User.objects.bulk_create(
        (User(username=f"{mark}{number}", email=f"{mark}{number}@example.test") for number in range(people)),
        batch_size=BATCH,
    )
    profiles = UserProfile.objects.bulk_create(
        (UserProfile(user=user, display_name=user.username) for user in users), batch_size=BATCH
    )
    made = Team.objects.bulk_create(
        (
            Team(
                name=f"{_word(number)} {mark} {number}",
                tag=f"{mark[-3:].upper()}{number}",
                slug=f"{mark}-{number}",
                game=codes[number % len(codes)],
                region=places[number % 7 % len(places)],
                captain=profiles[number // len(codes) * MEMBERS],
                is_verified=number % 11 == 0,
                is_featured=number % 97 == 0,
                is_recruiting=number % 3 == 0,
                created_at=now - timedelta(days=number % 1200, minutes=number),
            )
            for number in range(teams)
        ),
        batch_size=BATCH,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            MEMBERSHIPS,
            {
                "first_profile": profiles[0].pk,
                "first_team": made[0].pk,
                "teams": teams,
                "games": len(codes),
                "members": MEMBERS,
            },
        )
    ranking_service.recalculate_all_teams(reason="Scale", at=now)
    analyze(*(model._meta.db_table for model in (User, UserProfile, Team, TeamMembership, TeamRankingBreakdown)))
    return len(made)


def _word(number: int) -> str:
    return "".join(SYLLABLES[number // len(SYLLABLES) ** power % len(SYLLABLES)] for power in range(3)).capitalize()

"""Teams in figures."""

from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import Now

from apps.core.metrics import Family, Source, register
from apps.core.metrics.sources import Values
from apps.teams.models import Team, TeamPost

TEAMS = Family("deltacrown_teams", "Teams, disbanded ones left out.")
CREATIONS = Family("deltacrown_team_creations_last_day", "Teams made in the last 24 hours.")
POSTS = Family("deltacrown_team_posts_last_day", "Posts that teams published in the last 24 hours.")
DAY = timedelta(days=1)


def read() -> Values:
    teams = Team.objects.filter(disbanded_at=None).aggregate(
        all=Count("pk"), new=Count("pk", filter=Q(created_at__gte=Now() - DAY))
    )
    posts = TeamPost.objects.filter(state=TeamPost.State.PUBLISHED, published_at__gte=Now() - DAY).count()
    return {TEAMS.name: teams["all"], CREATIONS.name: teams["new"], POSTS.name: posts}


def register_all() -> None:
    register(Source("teams", (TEAMS, CREATIONS, POSTS), read, fresh_for=30))

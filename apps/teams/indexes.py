"""The indexes of teams that pages depend on, each with the query that it is for."""

from django.utils import timezone

from apps.core.indexes import IndexUse
from apps.teams.models import Team, TeamInvite

_TEAM = Team._meta.db_table

INDEXES = [
    IndexUse("idx_team_game", _TEAM, "the teams of a game", lambda: Team.objects.filter(game="valorant").order_by()),
    IndexUse("idx_team_captain", _TEAM, "whose captain somebody is", lambda: Team.objects.filter(captain=1).order_by()),
    IndexUse("idx_team_created_at", _TEAM, "the newest teams", lambda: Team.objects.order_by("-created_at")[:20]),
    IndexUse("idx_team_points", _TEAM, "the leaderboard", lambda: Team.objects.order_by("-total_points", "-id")[:50]),
    IndexUse(
        "idx_invite_pending_expiry",
        TeamInvite._meta.db_table,
        "the six-hourly clean-up of invites",
        lambda: TeamInvite.objects.filter(status="pending", expires_at__lt=timezone.now()).order_by(),
    ),
]

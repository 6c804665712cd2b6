"""Teams, who plays in them, and who is asked to."""

from apps.teams.models.invite import TeamInvite
from apps.teams.models.membership import TeamMembership
from apps.teams.models.team import Team

__all__ = ["Team", "TeamInvite", "TeamMembership"]

"""Teams, who plays in them, and who is asked to."""

from apps.teams.models.invite import TeamInvite
from apps.teams.models.membership import TeamMembership
from apps.teams.models.roster_change import RosterChange
from apps.teams.models.team import Team
from apps.teams.models.transfer import CaptainTransfer

__all__ = ["CaptainTransfer", "RosterChange", "Team", "TeamInvite", "TeamMembership"]

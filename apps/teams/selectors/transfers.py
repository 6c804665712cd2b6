"""The open offer of a captaincy."""

from apps.teams.models import CaptainTransfer, Team


def open_transfer(team: Team) -> CaptainTransfer | None:
    """Return what the team's captain asked a member, while it can be answered."""
    return team.transfers.open().select_related("captain__user", "successor__user").first()

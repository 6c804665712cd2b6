"""What players are told about results, and where a payment leads."""

from typing import Any

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register
from apps.teams.models import TeamTournamentRegistration
from apps.teams.permissions import can_see, standing

RESULT_RECORDED = NotificationType(
    code="teams.result_recorded",
    group="teams",
    label="A result of your team is recorded",
    title="{headline}",
    body="{coins}",
    url="{url}",
    action="See the team",
    channels=frozenset({Channel.IN_APP}),
    icon="trophy",
)


def register_all() -> None:
    register(RESULT_RECORDED)


def cause_of_payment(kind: str, which: str, viewer: Any) -> tuple[str, str] | None:
    """Lead from the entry of a wallet to the team whose result it was for, where the viewer may see it."""
    if kind != "result" or not which.isdigit():
        return None
    result = TeamTournamentRegistration.objects.select_related("team").filter(pk=which).first()
    if result is None or not can_see(standing(viewer, result.team)):
        return None
    place = f", {result.shown_placement}" if result.placement else ""
    return f"{result.team.name} in {result.tournament_name}{place}", result.team.get_absolute_url()

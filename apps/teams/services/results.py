"""How tournaments ended. They are held elsewhere; staff record the results here."""

from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError, NotFound
from apps.teams import permissions
from apps.teams.models import Team, TeamMembership, TeamTournamentRegistration
from apps.teams.selectors import stats
from apps.teams.services import follow_notices, milestones

Status = TeamTournamentRegistration.Status
RECORDED = ("tournament_name", "status", "placement", "prize", "played_on")


@transaction.atomic
def record_result(
    *,
    actor: User,
    team_id: int,
    tournament_id: int,
    tournament_name: str,
    status: str = Status.COMPLETED,
    placement: int | None = None,
    prize: int = 0,
    played_on: date | None = None,
) -> TeamTournamentRegistration:
    """Record or correct a team's result. The same result again changes nothing.

    Points follow at the next recalculation. The roster of that day is remembered when a
    tournament is first recorded as played.

    Raises:
        PermissionRefused: The actor may not record results.
        NotFound: There is no such team.
        Conflict: Another team has this place.
        DomainError: The facts don't fit together; ``field`` names the one.
    """
    permissions.check_record_results(actor)
    check_facts(status=status, placement=placement, played_on=played_on)
    # Whoever records for this team waits: the look below would miss a row that another is writing.
    team = Team.objects.select_for_update(no_key=True).filter(pk=team_id).first()
    if team is None:
        raise NotFound("There is no such team.")
    facts: dict[str, Any] = {
        "tournament_name": tournament_name,
        "status": status,
        "placement": placement,
        "prize": prize,
        "played_on": played_on,
    }
    result = TeamTournamentRegistration.objects.filter(team=team, tournament_id=tournament_id).first()
    old = {name: getattr(result, name) for name in RECORDED} if result else {}
    if old == facts and result is not None:
        return result
    result = result or TeamTournamentRegistration(team=team, tournament_id=tournament_id)
    for name, value in facts.items():
        setattr(result, name, value)
    if status == Status.COMPLETED and played_on and not result.roster:
        result.roster = roster_on(team, played_on)
    taken = f"Another team has place {placement} of this tournament."
    with refusing({"teams_registration_one_winner_one_runner_up": lambda: Conflict(taken, field="placement")}):
        result.save()
    changed = [name for name in RECORDED if old.get(name) != facts[name]]
    audit.record(
        actor=actor,
        action="team.result_recorded",
        target=result,
        old={name: old.get(name) for name in changed},
        new={name: facts[name] for name in changed},
    )
    milestones.settle_milestones([team.pk])
    transaction.on_commit(partial(stats.forget, team.pk))
    if follow_notices.is_news(result):
        jobs.enqueue("teams.send_result_news", result_id=result.pk, _queue="bulk")
    return result


def roster_on(team: Team, day: date) -> list[dict[str, Any]]:
    """Return who was in the team on ``day``, as it may be kept: profile, name and role."""
    stays = (
        TeamMembership.objects.filter(team=team, joined_at__date__lte=day)
        .exclude(left_at__date__lt=day)
        .select_related("profile")
        .order_by("joined_at", "pk")
    )
    return [{"profile": stay.profile_id, "name": stay.profile.display_name, "role": stay.role} for stay in stays]


def check_facts(*, status: str, placement: int | None, played_on: date | None) -> None:
    """Raise ``DomainError`` with the field when the facts don't fit together."""
    if status not in Status.values:
        raise DomainError("There is no such status.", field="status")
    if placement is not None and (placement < 1 or status != Status.COMPLETED):
        raise DomainError("Only a tournament that was played has a place, from 1.", field="placement")
    if status == Status.COMPLETED and played_on is None:
        raise DomainError("Say on which day it was played.", field="played_on")
    if played_on and played_on > timezone.localdate():
        raise DomainError("A result can't be of a day to come.", field="played_on")

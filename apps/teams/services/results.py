"""How tournaments ended. They are held elsewhere; staff record the results here, one by one or from files."""

from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events, jobs
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError, NotFound
from apps.teams import permissions
from apps.teams.events import ResultRecorded
from apps.teams.models import Team, TeamTournamentRegistration
from apps.teams.selectors import stats
from apps.teams.selectors.past_rosters import snapshot
from apps.teams.selectors.result_facts import past_rosters
from apps.teams.services import follow_notices, milestones
from apps.teams.services.result_coins import settle_coins

Status = TeamTournamentRegistration.Status
RECORDED = ("tournament_name", "status", "placement", "participants", "prize", "played_on")
LATEST_PLACE = 10_000


@transaction.atomic
def record_result(
    *,
    actor: User,
    team_id: int,
    tournament_id: int,
    tournament_name: str,
    status: str = Status.COMPLETED,
    placement: int | None = None,
    participants: int | None = None,
    prize: int = 0,
    played_on: date | None = None,
    reason: str = "",
) -> TeamTournamentRegistration:
    """Record or correct a team's result, pay its players and tell them. The same result again changes nothing.

    Points follow at the next recalculation. The roster of that day is remembered when a tournament is first recorded
    as played. A correction takes back what was paid and is no longer deserved, as far as it is still there.

    Args:
        placement: 1 is the winner.
        prize: What the organiser paid the team, in taka. Only told.
        reason: Why a recorded result is corrected. It goes to the audit trail.

    Raises:
        PermissionRefused: The actor may not record results.
        NotFound: There is no such team.
        Conflict: Another team has this place.
        DomainError: The facts don't fit together; ``field`` names the one.
    """
    permissions.check_record_results(actor)
    check_facts(status=status, placement=placement, played_on=played_on, participants=participants)
    # Whoever records for this team waits: the look below would miss a row that another is writing.
    team = Team.objects.select_for_update(no_key=True).filter(pk=team_id).first()
    if team is None:
        raise NotFound("There is no such team.")
    facts: dict[str, Any] = {
        "tournament_name": tournament_name,
        "status": status,
        "placement": placement,
        "participants": participants,
        "prize": prize,
        "played_on": played_on,
    }
    result = _locked(team, tournament_id)
    old = {name: getattr(result, name) for name in RECORDED} if result else {}
    if old == facts and result is not None:
        return result
    result = result or TeamTournamentRegistration(team=team, tournament_id=tournament_id)
    for name, value in facts.items():
        setattr(result, name, value)
    if status == Status.COMPLETED and played_on and not result.roster:
        result.roster = roster_on(team, played_on)
    _save(result)
    changed = [name for name in RECORDED if old.get(name) != facts[name]]
    coins = settle_coins([result], actor=actor)
    audit.record(
        actor=actor,
        action="team.result_recorded",
        target=team,  # so that it is in the captain's log
        old={name: old.get(name) for name in changed},
        new={name: facts[name] for name in changed}
        | {"result": result.pk}
        | ({"reason": reason} if reason else {})
        | ({"coins": coins.coins} if coins.coins else {})
        | ({"coins_spent": coins.spent} if coins.spent else {}),
    )
    milestones.settle_milestones([team.pk])
    transaction.on_commit(partial(stats.forget, team.pk))
    if follow_notices.is_news(result):
        jobs.enqueue("teams.send_result_news", result_id=result.pk, _queue="bulk")
    jobs.enqueue("teams.send_result_notification", result_id=result.pk, is_correction=bool(old))
    events.publish(ResultRecorded(team_id=team.pk, result_id=result.pk, played_on=played_on))
    return result


def _locked(team: Team, tournament_id: int) -> TeamTournamentRegistration | None:
    """Return the result, locked: a job may be paying it."""
    results = TeamTournamentRegistration.objects.select_for_update(no_key=True, of=("self",))
    return results.filter(team=team, tournament_id=tournament_id).first()


def _save(result: TeamTournamentRegistration) -> None:
    taken = f"Another team has place {result.placement} of this tournament."
    with refusing({"teams_registration_one_winner_one_runner_up": lambda: Conflict(taken, field="placement")}):
        result.save()


def roster_on(team: Team, day: date) -> list[dict[str, Any]]:
    """Return who was in the team on ``day``, as it may be kept: profile, name and role."""
    rosters, profiles = past_rosters({(team.pk, day)})
    return snapshot(((seat.profile_id, seat.role) for seat in rosters.on[team.pk, day]), profiles)


def check_facts(*, status: str, placement: int | None, played_on: date | None, participants: int | None = None) -> None:
    """Raise ``DomainError`` with the field when the facts don't fit together."""
    if status not in Status.values:
        raise DomainError("There is no such status.", field="status")
    if placement is not None and (placement < 1 or status != Status.COMPLETED):
        raise DomainError("Only a tournament that was played has a place, from 1.", field="placement")
    if placement is not None and placement > (participants or LATEST_PLACE):
        raise DomainError(f"Place {placement} of {participants or LATEST_PLACE:,} is not possible.", field="placement")
    if status == Status.COMPLETED and played_on is None:
        raise DomainError("Say on which day it was played.", field="played_on")
    if played_on and played_on > timezone.localdate():
        raise DomainError("A result can't be of a day to come.", field="played_on")

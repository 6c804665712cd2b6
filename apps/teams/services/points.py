"""What staff do to points by hand, and by which weights they are counted."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs
from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.models import RankingCriteria, Team, TeamPointsAdjustment, TeamRankingHistory
from apps.teams.services.locks import lock_team
from apps.teams.services.ranking_service import ranking_service

MOST = 100_000


@transaction.atomic
def adjust_points(*, actor: User, team: Team, amount: int, reason: str) -> TeamPointsAdjustment:
    """Give or take points, tell the captain, and put the team in its new place at once.

    Raises:
        PermissionRefused: The actor may not adjust points.
        NotFound: The team has disbanded.
        DomainError: There is no reason, or the amount is nothing or too much.
    """
    permissions.check_adjust_points(actor)
    reason = reason.strip()
    if not reason:
        raise DomainError("Say why: everyone can read it on the team's rank page.", field="reason")
    if len(reason) > 200:
        raise DomainError("Make the reason 200 characters at the most.", field="reason")
    if amount == 0 or abs(amount) > MOST:
        raise DomainError(f"Give or take between 1 and {MOST:,} points.", field="amount")
    # Before the team: a recalculation holds this lock when it comes to the teams.
    ranking_service.lock()
    team = lock_team(team.pk)
    adjustment = TeamPointsAdjustment.objects.create(
        team=team, amount=amount, reason=reason, actor_id=actor.pk, created_at=timezone.now()
    )
    old = team.adjust_points
    team.adjust_points = old + amount
    team.save(update_fields=["adjust_points"])
    ranking_service.recalculate_team(
        team_id=team.pk, source=TeamRankingHistory.Source.ADJUSTMENT, reason=reason, actor_id=actor.pk
    )
    audit.record(
        actor=actor,
        action="team.points_adjusted",
        target=team,
        old={"adjust_points": old},
        new={"adjust_points": team.adjust_points, "reason": reason},
    )
    jobs.enqueue("teams.send_points_adjusted_notification", adjustment_id=adjustment.pk)
    return adjustment


@transaction.atomic
def save_criteria(*, actor: User, criteria: RankingCriteria) -> RankingCriteria:
    """Store weights, new or changed. Points follow at the next recalculation."""
    permissions.check_change_criteria(actor)
    criteria.full_clean(exclude=["is_active"])
    old = RankingCriteria.objects.filter(pk=criteria.pk).first()
    if old is not None:
        criteria.is_active = old.is_active
    criteria.save()
    fields = ("name", *RankingCriteria.WEIGHT_FIELDS)
    changed = [name for name in fields if old is None or getattr(old, name) != getattr(criteria, name)]
    if changed:
        audit.record(
            actor=actor,
            action="ranking_criteria.saved",
            target=criteria,
            old={name: getattr(old, name) for name in changed} if old else {},
            new={name: getattr(criteria, name) for name in changed},
        )
    return criteria


@transaction.atomic
def activate_criteria(*, actor: User, criteria_id: int) -> RankingCriteria:
    """Let these weights count from the next recalculation on, and no others."""
    permissions.check_change_criteria(actor)
    ranking_service.lock()
    criteria = RankingCriteria.objects.get(pk=criteria_id)
    before = RankingCriteria.objects.filter(is_active=True).first()
    if before == criteria:
        return criteria
    RankingCriteria.objects.filter(is_active=True).update(is_active=False)
    criteria.is_active = True
    criteria.save(update_fields=["is_active"])
    audit.record(
        actor=actor,
        action="ranking_criteria.activated",
        target=criteria,
        old={"active": before.name if before else ""},
        new={"active": criteria.name},
    )
    return criteria

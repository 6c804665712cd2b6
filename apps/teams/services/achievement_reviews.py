"""What staff say to what a team tells of itself."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib import typed
from apps.teams import permissions
from apps.teams.models import TeamAchievement
from apps.teams.services import achievement_notices
from apps.teams.services.achievements import lock_achievement

Status = TeamAchievement.Status


@transaction.atomic(durable=True)
def confirm_achievement(*, actor: User, achievement_id: int) -> TeamAchievement:
    """Let it count for points from the next recalculation on, and tell the team.

    Raises:
        PermissionRefused: The actor is not staff who may change achievements, or is in the team.
        NotFound: There is no such achievement, it was taken off the shelf, or its team has disbanded.
        Conflict: It is confirmed already.
    """
    return _review(actor, achievement_id, Status.CONFIRMED, "")


@transaction.atomic(durable=True)
def reject_achievement(*, actor: User, achievement_id: int, reason: str) -> TeamAchievement:
    """Refuse it, or take a confirmation back. Who keeps the shelf reads ``reason``.

    Raises:
        PermissionRefused: The actor is not staff who may change achievements, or is in the team.
        NotFound: There is no such achievement, it was taken off the shelf, or its team has disbanded.
        DomainError: There is no reason.
        Conflict: It is rejected already, or follows from results.
    """
    return _review(actor, achievement_id, Status.REJECTED, reason)


def _review(actor: User, achievement_id: int, status: str, reason: str) -> TeamAchievement:
    permissions.check_review_achievements(actor)
    achievement = lock_achievement(achievement_id)
    permissions.check_review_achievements_of(permissions.standing(actor, achievement.team))
    if achievement.removed_at is not None:
        raise NotFound("The team took it off its shelf.")
    if achievement.is_automatic:
        raise Conflict("It follows from results. Correct the result, and it goes by itself.")
    reason = typed.one_line(reason)[:300]
    if status == Status.REJECTED and not reason:
        raise DomainError("Write the reason: the team reads it.", field="reason")
    old = Status(achievement.status)
    if status not in TeamAchievement.TRANSITIONS[old]:
        raise Conflict(f"{achievement.title}: {old.label.lower()} already.")
    achievement.status, achievement.reason = status, reason
    achievement.reviewed_by, achievement.reviewed_at = actor, timezone.now()
    achievement.save(update_fields=["status", "reason", "reviewed_by", "reviewed_at"])
    audit.record(
        actor=actor,
        action=f"team.achievement_{status}",
        target=achievement.team,
        old={"achievement": achievement.pk, "status": old},
        new={"status": status, **({"reason": reason} if reason else {})},
    )
    achievement_notices.tell_reviewed(achievement, actor=actor)
    return achievement

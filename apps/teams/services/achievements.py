"""The shelf of a team, as the team keeps it. What staff say to it is in ``achievement_reviews``."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, rate_limit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib import typed
from apps.teams import permissions
from apps.teams.constants import (
    ACHIEVEMENT_EARLIEST,
    ACHIEVEMENT_UNDO,
    ACHIEVEMENTS_PER_TEAM,
    ACHIEVEMENTS_WAITING,
)
from apps.teams.models import Team, TeamAchievement
from apps.teams.services.locks import lock_team

Status = TeamAchievement.Status
TOLD = ("title", "description", "achieved_on", "place", "evidence_url")


@transaction.atomic(durable=True)
def add_achievement(
    *,
    actor: User,
    team_id: int,
    title: str,
    achieved_on: date,
    description: str = "",
    place: int | None = None,
    evidence_url: str = "",
) -> TeamAchievement:
    """Put something on the team's shelf. It counts for points once staff confirm it.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor does not keep this team's achievements.
        DomainError: A field is wrong; ``field`` names it.
        Conflict: It stands there already, or the shelf is full.
        RateLimited: More than twenty within a day.
    """
    team = lock_team(team_id)
    permissions.check_manage_achievements(permissions.standing(actor, team))
    rate_limit.check("teams.add_achievement", key=str(actor.pk), limit=20, seconds=86_400)
    achievement = TeamAchievement(team=team, given_by=actor)
    _tell(
        achievement,
        title=title,
        description=description,
        achieved_on=achieved_on,
        place=place,
        evidence_url=evidence_url,
    )
    _check_room(team)
    achievement.save(force_insert=True)
    audit.record(
        actor=actor,
        action="team.achievement_added",
        target=team,
        old={},
        new={"achievement": achievement.pk, "title": achievement.title, "achieved_on": achieved_on, "place": place},
    )
    return achievement


@transaction.atomic(durable=True)
def edit_achievement(
    *,
    actor: User,
    achievement_id: int,
    title: str,
    achieved_on: date,
    description: str = "",
    place: int | None = None,
    evidence_url: str = "",
) -> TeamAchievement:
    """Tell it differently. What staff said was about the old words: it waits for them again.

    Raises:
        NotFound: There is no such achievement, or its team is hidden from the actor.
        PermissionRefused: The actor does not keep this team's achievements.
        DomainError: A field is wrong; ``field`` names it.
        Conflict: It follows from results, or stands there already.
    """
    achievement = _lock_own(actor, achievement_id)
    if achievement.removed_at is not None:
        raise Conflict("It is off the shelf. Put it back first.")
    old = {name: getattr(achievement, name) for name in TOLD}
    _tell(
        achievement,
        title=title,
        description=description,
        achieved_on=achieved_on,
        place=place,
        evidence_url=evidence_url,
    )
    changed = [name for name in TOLD if old[name] != getattr(achievement, name)]
    if not changed:
        return achievement
    was = achievement.status
    achievement.status, achievement.reason = Status.UNCONFIRMED, ""
    achievement.reviewed_by = achievement.reviewed_at = None
    _check_waiting(achievement.team, besides=achievement)
    achievement.save()
    audit.record(
        actor=actor,
        action="team.achievement_edited",
        target=achievement.team,
        old={"achievement": achievement.pk, "status": was, **{name: old[name] for name in changed}},
        new={"status": achievement.status, **{name: getattr(achievement, name) for name in changed}},
    )
    return achievement


@transaction.atomic(durable=True)
def remove_achievement(*, actor: User, achievement_id: int) -> TeamAchievement:
    """Take it off the shelf. It can be put back for thirty days.

    Raises:
        NotFound: There is no such achievement, or its team is hidden from the actor.
        PermissionRefused: The actor does not keep this team's achievements.
        Conflict: It follows from results, or is off the shelf already.
    """
    achievement = _lock_own(actor, achievement_id)
    if achievement.removed_at is not None:
        raise Conflict("It is off the shelf already.")
    achievement.removed_at = timezone.now()
    return _put(actor, achievement, "removed")


@transaction.atomic(durable=True)
def restore_achievement(*, actor: User, achievement_id: int) -> TeamAchievement:
    """Put back what was taken off the shelf, as it was.

    Raises:
        NotFound: There is no such achievement, its thirty days are over, or its team is hidden from the actor.
        PermissionRefused: The actor does not keep this team's achievements.
        Conflict: It stands on the shelf, or there is no room.
    """
    achievement = _lock_own(actor, achievement_id)
    if achievement.removed_at is None:
        raise Conflict("It is on the shelf already.")
    if achievement.removed_at < timezone.now() - ACHIEVEMENT_UNDO:
        raise NotFound("There is no such achievement.")
    _check_not_told(achievement)
    _check_room(achievement.team, waits=achievement.status == Status.UNCONFIRMED)
    achievement.removed_at = None
    return _put(actor, achievement, "restored")


@transaction.atomic
def forget_removed() -> int:
    """Delete what nobody can put back any more. Return how many there were."""
    over = TeamAchievement.objects.filter(removed_at__lt=timezone.now() - ACHIEVEMENT_UNDO)
    return over.delete()[0]


def lock_achievement(achievement_id: int) -> TeamAchievement:
    """Return the achievement with its active team, both locked, the team first."""
    team_id = TeamAchievement.objects.filter(pk=achievement_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such achievement.")
    team = lock_team(team_id)
    achievement = TeamAchievement.objects.select_for_update(no_key=True).filter(pk=achievement_id).first()
    if achievement is None:  # deleted for good while this waited
        raise NotFound("There is no such achievement.")
    achievement.team = team
    return achievement


def _lock_own(actor: User, achievement_id: int) -> TeamAchievement:
    achievement = lock_achievement(achievement_id)
    permissions.check_manage_achievements(permissions.standing(actor, achievement.team))
    if achievement.is_automatic:
        raise Conflict("It follows from results, so nobody edits or removes it.")
    return achievement


def _put(actor: User, achievement: TeamAchievement, step: str) -> TeamAchievement:
    achievement.save(update_fields=["removed_at"])
    audit.record(
        actor=actor,
        action=f"team.achievement_{step}",
        target=achievement.team,
        old={},
        new={"achievement": achievement.pk, "title": achievement.title},
    )
    return achievement


def _tell(
    achievement: TeamAchievement,
    *,
    title: str,
    description: str,
    achieved_on: date,
    place: int | None,
    evidence_url: str,
) -> None:
    """Fill in what the team tells. Raises the first thing that is wrong with it."""
    achievement.title = typed.one_line(title)
    achievement.description = typed.paragraphs(description)
    achievement.achieved_on = achieved_on
    achievement.place = place
    achievement.evidence_url = evidence_url.strip()
    try:
        achievement.clean_fields(exclude=["team", "given_by", "reviewed_by", "result"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise DomainError(messages[0], field=field) from error
    if achieved_on > timezone.localdate():
        raise DomainError("That day is still to come.", field="achieved_on")
    if achieved_on < ACHIEVEMENT_EARLIEST:
        raise DomainError(f"Give a day from {ACHIEVEMENT_EARLIEST:%-d %B %Y} on.", field="achieved_on")
    _check_not_told(achievement)


def _check_not_told(achievement: TeamAchievement) -> None:
    same = achievement.team.achievements.kept().filter(
        title__iexact=achievement.title, achieved_on=achievement.achieved_on
    )
    if same.exclude(pk=achievement.pk).exists():
        raise Conflict(f"{achievement.title} of that day is on the shelf already.", field="title")


def _check_room(team: Team, *, waits: bool = True) -> None:
    if _own(team).count() >= ACHIEVEMENTS_PER_TEAM:
        raise Conflict(f"A shelf holds {ACHIEVEMENTS_PER_TEAM}. Take one off first.", code="too_many")
    if waits:
        _check_waiting(team)


def _check_waiting(team: Team, *, besides: TeamAchievement | None = None) -> None:
    waiting = _own(team).filter(status=Status.UNCONFIRMED)
    if besides is not None:
        waiting = waiting.exclude(pk=besides.pk)
    if waiting.count() >= ACHIEVEMENTS_WAITING:
        raise Conflict(
            f"{ACHIEVEMENTS_WAITING} of yours wait for staff. Tell more once they have looked.", code="too_many"
        )


def _own(team: Team) -> Any:
    return team.achievements.kept().filter(source=TeamAchievement.Source.TEAM)

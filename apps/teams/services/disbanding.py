"""The end of a team, thirty days in which it can be undone, and what comes after."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events
from apps.core.errors import Conflict
from apps.teams import permissions
from apps.teams.constants import DISBAND_GRACE
from apps.teams.errors import PlaysElsewhere, RosterFull
from apps.teams.events import TeamRestored
from apps.teams.models import RosterChange, Team, TeamMembership
from apps.teams.services import history, looks, rosters, succession
from apps.teams.services.club_room import empty_club_room
from apps.teams.services.locks import lock_any_team, lock_team

Status = TeamMembership.Status
Kind = RosterChange.Kind
BATCH = 200


@transaction.atomic(durable=True)
def disband_team(*, actor: User, team_id: int) -> Team:
    """Hide the team and free everyone in it. It can be restored for thirty days.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor is not the captain.
    """
    team = lock_team(team_id)
    permissions.check_disband(permissions.standing(actor, team))

    succession.disband(actor=actor, team=team)  # records and tells
    return team


@transaction.atomic(durable=True)
def restore_team(*, actor: User, team_id: int) -> Team:
    """Bring a disbanded team back with its captain and whoever of its last members plays nowhere else.

    Raises:
        NotFound: There is no such team, or it is not the actor's to restore.
        Conflict: It was not disbanded, the thirty days are over, or its captain's account is closed.
        PlaysElsewhere: Its captain has another team in this game.
    """
    team = lock_any_team(team_id)
    permissions.check_restore(actor, team)
    if team.is_active:
        raise Conflict(f"{team.name} is not disbanded.")
    if not is_restorable(team):
        raise Conflict("A team can be restored within 30 days.")
    if not team.captain.user.is_active:
        raise Conflict("The account of its captain is closed.")

    team.is_active, team.disbanded_at, since = True, None, team.disbanded_at
    team.save(update_fields=["is_active", "disbanded_at"])
    captain = team.memberships.select_related("profile__user").filter(profile=team.captain, role="captain").latest("pk")
    rosters.sit_down_again(actor=actor, team=team, member=captain, kind=Kind.RESTORED)
    back = 1 + sum(_come_back(actor, team, member) for member in _last_members(team, since, besides=captain))

    audit.record(
        actor=actor,
        action="team.restored",
        target=team,
        old={"is_active": False},
        new={"is_active": True, "members": back},
    )
    events.publish(TeamRestored(team_id=team.pk))
    return team


def settle_disbanded_teams(*, at: datetime | None = None) -> int:
    """Make the end final where the thirty days are over, and return how many teams this call settled.

    Name and tag become free; pictures and words go. Rosters and results stay: they are other people's history too.
    """
    over = Team.objects.filter(
        is_active=False, settled_at__isnull=True, disbanded_at__lte=(at or timezone.now()) - DISBAND_GRACE
    )
    with transaction.atomic():
        # A second run at once takes other teams, or none.
        batch = list(over.select_for_update(no_key=True, skip_locked=True).order_by("disbanded_at")[:BATCH])
        for team in batch:
            _settle(team)
    return len(batch)


def is_restorable(team: Team) -> bool:
    """Whether the thirty days still run."""
    return bool(
        not team.is_active
        and team.settled_at is None
        and team.disbanded_at
        and team.disbanded_at > timezone.now() - DISBAND_GRACE
    )


def _settle(team: Team) -> None:
    emptied = looks.forget(team)
    team.settled_at = timezone.now()
    team.save(update_fields=[*emptied, "settled_at"])
    empty_club_room(team)
    audit.record(actor=None, action="team.settled", target=team, old={}, new={"name_is_free": True})


def _last_members(team: Team, since: datetime | None, *, besides: TeamMembership) -> list[TeamMembership]:
    return list(
        team.memberships.filter(left_at=since, status=Status.INACTIVE, profile__user__is_active=True)
        .exclude(pk=besides.pk)
        .select_related("profile__user")
        .order_by("joined_at", "pk")
    )


def _come_back(actor: User, team: Team, member: TeamMembership) -> bool:
    """Seat a member again, or make them inactive again. Who plays elsewhere stays away."""
    before = member.roster_changes.exclude(kind=Kind.DISBANDED).order_by("-at", "-pk").first()
    if before is not None and before.status == Status.INACTIVE:
        member.left_at = None
        member.save(update_fields=["left_at"])
        history.remember(actor=actor, kind=Kind.RESTORED, members=[member])
        return True
    try:
        rosters.sit_down_again(actor=actor, team=team, member=member, kind=Kind.RESTORED)
    except (PlaysElsewhere, RosterFull):
        return False
    return True

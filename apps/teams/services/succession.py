"""What becomes of a team when its captain goes."""

from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events, jobs
from apps.teams.events import CaptainChanged, TeamDisbanded
from apps.teams.models import RosterChange, Team, TeamInvite, TeamMembership
from apps.teams.selectors import rosters
from apps.teams.services import closing, history, transfers
from apps.teams.services.promotions import booking

Role = TeamMembership.Role


def pass_on(*, actor: User | None, team: Team, leaving: TeamMembership) -> None:
    """Make the heir captain, or disband. The caller holds the lock of ``team`` and has ended the old membership."""
    successor = rosters.heir(team, besides=leaving)
    if successor is None:
        disband(actor=actor, team=team)
        return
    crown(actor=actor, team=team, old=leaving, successor=successor)
    transfers.withdraw(actor=actor, team=team)


def crown(*, actor: User | None, team: Team, old: TeamMembership, successor: TeamMembership) -> None:
    """Make ``successor`` captain. The caller holds the lock of ``team``, and ``old`` is captain no more."""
    old_role = successor.role
    successor.role = Role.CAPTAIN
    successor.save(update_fields=["role"])
    team.captain = successor.profile
    team.save(update_fields=["captain"])
    history.remember(actor=actor, kind=RosterChange.Kind.CHANGED, members=[successor])

    audit.record(
        actor=actor,
        action="team.captain_changed",
        target=team,
        old={"captain": old.profile_id, "role_of_successor": old_role},
        new={"captain": successor.profile_id},
    )
    events.publish(CaptainChanged(team_id=team.pk, old_profile_id=old.profile_id, new_profile_id=successor.profile_id))
    jobs.enqueue(
        "teams.send_roster_change_notification",
        team_id=team.pk,
        change_type="captain_changed",
        user_id=successor.profile.user_id,
    )


def disband(*, actor: User | None, team: Team) -> None:
    """Hide the team and close every way into it. It can be restored for thirty days.

    The caller holds the lock of ``team``. Whoever is left in it, as someone whose account is closed, gives up the seat.
    """
    now = timezone.now()
    team.is_active = False
    team.is_recruiting = False
    team.disbanded_at = now
    team.save(update_fields=["is_active", "is_recruiting", "disbanded_at"])
    transfers.withdraw(actor=actor, team=team)
    members = list(TeamMembership.objects.current().filter(team=team))
    for member in members:
        member.status, member.slot, member.left_at = TeamMembership.Status.INACTIVE, None, now
    TeamMembership.objects.bulk_update(members, ["status", "slot", "left_at"])
    history.remember(actor=actor, kind=RosterChange.Kind.DISBANDED, members=members)
    withdrawn = team.invites.filter(status=TeamInvite.Status.PENDING).update(
        status=TeamInvite.Status.CANCELLED, answered_at=now
    )

    booking.end_bookings(actor=actor, team=team)
    audit.record(
        actor=actor,
        action="team.disbanded",
        target=team,
        old={"is_active": True},
        new={"is_active": False, "invites_cancelled": withdrawn, **closing.close_ways_in(team=team)},
    )
    events.publish(TeamDisbanded(team_id=team.pk))
    jobs.enqueue("teams.send_disband_notification", team_id=team.pk)

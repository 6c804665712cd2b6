"""Invite links: make one, take it back, join by it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs, rate_limit
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError
from apps.teams import permissions
from apps.teams.constants import LINK_DAYS, LINK_USES_LIMIT, LINKS_PER_HOUR, OPEN_LINKS_PER_TEAM
from apps.teams.errors import LinkClosed
from apps.teams.models import InviteLinkUse, Team, TeamInviteLink, TeamMembership
from apps.teams.services import closing, rosters
from apps.teams.services.locks import lock_link, lock_team

Role = TeamInviteLink.Role


@transaction.atomic(durable=True)
def create_link(
    *, actor: User, team_id: int, role: str = "player", max_uses: int | None = 1, days: int = 7
) -> TeamInviteLink:
    """Make a link by which ``max_uses`` people (None: as many as there are seats) can join within ``days``.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not invite.
        DomainError: Role, uses or days are none that a link can have; ``field`` names it.
        Conflict: Ten links are open.
        RateLimited: More than twenty links within an hour.
    """
    team = lock_team(team_id)
    permissions.check_invite(permissions.standing(actor, team))
    rate_limit.check("teams.invite_link", key=str(actor.pk), limit=LINKS_PER_HOUR, seconds=3600)
    _check_fields(role, max_uses, days)
    if team.invite_links.open().count() >= OPEN_LINKS_PER_TEAM:
        raise Conflict(f"{OPEN_LINKS_PER_TEAM} links are open. Revoke one you don't need.", code="too_many")

    link = TeamInviteLink.objects.create(
        team=team, role=role, made_by=actor, max_uses=max_uses, expires_at=timezone.now() + timedelta(days=days)
    )

    # The token is the key to the team and stays out of the record.
    audit.record(
        actor=actor,
        action="team.link_created",
        target=team,
        old={},
        new={"link": link.pk, "role": role, "max_uses": max_uses, "days": days},
    )
    return link


@transaction.atomic(durable=True)
def revoke_link(*, actor: User, link_id: int) -> TeamInviteLink:
    """Take a link back. Nobody joins by it from now on; who did stays.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not invite.
        LinkClosed: It was revoked already.
    """
    team, link = lock_link(link_id)
    permissions.check_invite(permissions.standing(actor, team))
    if link.revoked_at is not None:
        raise LinkClosed("This link was revoked already.")

    closing.revoke(actor=actor, link=link)
    return link


@transaction.atomic(durable=True)
def accept_link(*, actor: User, link_id: int, in_game_role: str = "") -> TeamMembership:
    """Take a seat by a link.

    Raises:
        LinkClosed: It was revoked, ran out or was used as often as it may be; or the actor used it before.
        RosterFull, PlaysElsewhere, Conflict: There is no seat for this player.
    """
    team, link = lock_link(link_id)
    check_open(team, link)

    member = rosters.seat(
        actor=actor, team=team, profile=actor.profile, role=link.membership_role, in_game_role=in_game_role
    )
    _count_use(link, actor)

    audit.record(
        actor=actor,
        action="team.link_used",
        target=team,
        old={"link": link.pk, "uses": link.uses},
        new={"link": link.pk, "uses": link.uses + 1, "profile": actor.profile.pk},
    )
    jobs.enqueue("teams.send_roster_change_notification", team_id=team.pk, change_type="joined", user_id=actor.pk)
    return member


def check_open(team: Team, link: TeamInviteLink) -> None:
    """Raise ``LinkClosed`` with what became of the link."""
    if not team.is_active:
        raise LinkClosed(f"{team.name} has disbanded.")
    match link.state:
        case "open":
            return
        case "revoked":
            raise LinkClosed(f"{team.name} took this link back.")
        case "expired":
            raise LinkClosed(f"This link ran out. Ask {team.name} for a new one.")
        case _:
            raise LinkClosed(f"Somebody was faster: this link was used as often as it may be. Ask {team.name} for one.")


def _count_use(link: TeamInviteLink, actor: User) -> None:
    """Write the use. The lock decides; condition and constraints stand behind it for code that forgets the lock."""
    counted = TeamInviteLink.objects.with_uses_left().filter(pk=link.pk, revoked_at__isnull=True)
    if not counted.update(uses=F("uses") + 1):
        raise LinkClosed(f"This link was used as often as it may be. Ask {link.team.name} for a new one.")
    used = "You joined by this link before. Ask for another one."
    with refusing({"teams_invitelinkuse_once": lambda: LinkClosed(used)}):
        InviteLinkUse.objects.create(link=link, user=actor)


def _check_fields(role: str, max_uses: int | None, days: int) -> None:
    if role not in Role.values:
        raise DomainError("Choose a role from the list. A co-captain is invited by name.", field="role")
    if max_uses is not None and not 1 <= max_uses <= LINK_USES_LIMIT:
        raise DomainError(f"1 to {LINK_USES_LIMIT} people, or empty for no limit.", field="max_uses")
    if days not in LINK_DAYS:
        raise DomainError(f"A link lasts {', '.join(map(str, LINK_DAYS))} days.", field="days")

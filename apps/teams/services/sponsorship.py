"""Sponsors of a team: the captain proposes, staff decide, the calendar ends it."""

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import images
from apps.common.images import ProcessedImage
from apps.core import audit, rate_limit
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib.display_names import tidy
from apps.teams import permissions
from apps.teams.constants import OPEN_SPONSORS_PER_TEAM, SPONSORSHIP_LIMIT
from apps.teams.models import Team, TeamSponsor
from apps.teams.services import sponsor_notices
from apps.teams.services.locks import lock_team

Status = TeamSponsor.Status


def propose_sponsor(
    *,
    actor: User,
    team_id: int,
    name: str,
    tier: int,
    url: str,
    starts_on: date,
    ends_on: date,
    logo: ProcessedImage | None = None,
) -> TeamSponsor:
    """Ask staff to let ``team_id`` show a sponsor between two days, both included.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor is not its captain.
        DomainError: A field is wrong; ``field`` names it.
        Conflict: The sponsor is proposed or shown already, or there are too many.
        RateLimited: More than twenty proposals within a day.
    """
    # The files come before the row and go away again when the transaction inside fails.
    with images.writing(logo) if logo else nullcontext("") as stored, transaction.atomic(durable=True):
        team = lock_team(team_id)
        permissions.check_propose_sponsor(permissions.standing(actor, team))
        rate_limit.check("teams.propose_sponsor", key=str(actor.pk), limit=20, seconds=86_400)
        sponsor = TeamSponsor(
            team=team,
            name=tidy(name),
            tier=tier,
            url=url,
            logo=stored,
            starts_on=starts_on,
            ends_on=ends_on,
            proposed_by=actor,
        )
        _check_fields(sponsor)
        _check_room(team)
        _insert(sponsor)
        audit.record(
            actor=actor,
            action="team.sponsor_proposed",
            target=team,
            old={},
            new={"sponsor": sponsor.pk, "name": sponsor.name, "tier": sponsor.get_tier_display(), "url": sponsor.url},
        )
    return sponsor


@transaction.atomic(durable=True)
def approve_sponsor(*, actor: User, sponsor_id: int) -> TeamSponsor:
    """Let the sponsor be shown on its days.

    Raises:
        PermissionRefused: The actor is not staff who may change sponsors.
        NotFound: There is no such proposal, or its team has disbanded.
        Conflict: It was settled already, or its days are over.
    """
    permissions.check_review_sponsors(actor)
    sponsor = _lock(sponsor_id)
    if sponsor.status == Status.PENDING and sponsor.ends_on < timezone.localdate():
        raise Conflict("The last day of this sponsorship is over. The captain can propose it again.")
    _move(actor, sponsor, Status.ACTIVE)
    sponsor_notices.tell_sponsor_captain(sponsor, "approved", actor=actor)
    return sponsor


@transaction.atomic(durable=True)
def reject_sponsor(*, actor: User, sponsor_id: int, reason: str) -> TeamSponsor:
    """Refuse the proposal. The captain reads ``reason``.

    Raises:
        PermissionRefused: The actor is not staff who may change sponsors.
        NotFound: There is no such proposal, or its team has disbanded.
        DomainError: There is no reason.
        Conflict: It was settled already.
    """
    permissions.check_review_sponsors(actor)
    sponsor = _lock(sponsor_id)
    _move(actor, sponsor, Status.REJECTED, reason=_reason(reason))
    sponsor_notices.tell_sponsor_captain(sponsor, "rejected", actor=actor)
    return sponsor


@transaction.atomic(durable=True)
def cancel_sponsor(*, actor: User, sponsor_id: int, reason: str = "") -> TeamSponsor:
    """End it before its last day, or withdraw the proposal: the captain, or staff with a reason.

    Raises:
        NotFound: There is no such sponsor, its team has disbanded or is hidden from the actor.
        PermissionRefused: The actor is neither the captain nor staff who may change sponsors.
        DomainError: Staff gave no reason.
        Conflict: It is over already.
    """
    sponsor = _lock(sponsor_id)
    standing = permissions.standing(actor, sponsor.team)
    if permissions.can_propose_sponsor(standing) and standing.membership:
        _move(actor, sponsor, Status.CANCELLED)
        return sponsor
    if not permissions.can_review_sponsors(actor):
        permissions.check_propose_sponsor(standing)
    _move(actor, sponsor, Status.CANCELLED, reason=_reason(reason))
    sponsor_notices.tell_sponsor_captain(sponsor, "cancelled", actor=actor)
    return sponsor


@transaction.atomic
def expire_sponsors() -> int:
    """Settle what is past its last day, tell the captains, and return how many there were.

    No page waits for this: what is shown follows from the dates. Run twice or eight at once it settles each row once,
    since a second run waits for the locks of the first and then finds nothing that is open.
    """
    settled = 0
    overdue = TeamSponsor.objects.overdue().select_related("team__captain__user")
    for sponsor in overdue.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        _move(None, sponsor, Status.EXPIRED)
        sponsor_notices.tell_sponsor_captain(sponsor, "ended")
        settled += 1
    return settled


class SponsorshipService:
    """The acts under the name that the operations manual gives them."""

    propose = staticmethod(propose_sponsor)
    approve = staticmethod(approve_sponsor)
    reject = staticmethod(reject_sponsor)
    cancel = staticmethod(cancel_sponsor)
    expire_sponsors = staticmethod(expire_sponsors)


def _lock(sponsor_id: int) -> TeamSponsor:
    """Return the sponsor with its active team, both locked, the team first."""
    team_id = TeamSponsor.objects.filter(pk=sponsor_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such sponsor.")
    team = lock_team(team_id)
    sponsor = TeamSponsor.objects.select_for_update(no_key=True).get(pk=sponsor_id)
    sponsor.team = team
    return sponsor


def _move(actor: User | None, sponsor: TeamSponsor, status: str, *, reason: str = "") -> None:
    """Take one step of the transition table and record it."""
    old = Status(sponsor.status)
    if status not in TeamSponsor.TRANSITIONS[old]:
        raise Conflict(f"{sponsor.name}: {old.label.lower()}. It can't become {Status(status).label.lower()} any more.")
    sponsor.status = status
    sponsor.reason = reason
    changed = ["status", "reason"]
    if status in {Status.ACTIVE, Status.REJECTED}:
        sponsor.reviewed_by, sponsor.reviewed_at = actor, timezone.now()
        changed += ["reviewed_by", "reviewed_at"]
    sponsor.save(update_fields=changed)
    new: dict[str, Any] = {"sponsor": sponsor.pk, "status": status}
    if reason:
        new["reason"] = reason
    audit.record(
        actor=actor,
        action=f"team.sponsor_{status}",
        target=sponsor.team,
        old={"sponsor": sponsor.pk, "status": old},
        new=new,
    )


def _reason(text: str) -> str:
    reason = " ".join(text.split())[:300]
    if not reason:
        raise DomainError("Write the reason: the captain reads it.", field="reason")
    return reason


def _check_fields(sponsor: TeamSponsor) -> None:
    """Raise the first thing that is wrong with the proposal."""
    try:
        sponsor.clean_fields(exclude=["team", "proposed_by"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise DomainError(messages[0], field=field) from error
    if sponsor.ends_on < sponsor.starts_on:
        raise DomainError("The last day comes before the first.", field="ends_on")
    if sponsor.ends_on < timezone.localdate():
        raise DomainError("The last day is over already.", field="ends_on")
    if sponsor.ends_on - sponsor.starts_on > SPONSORSHIP_LIMIT - timedelta(days=1):
        raise DomainError(f"At most {SPONSORSHIP_LIMIT.days} days. Propose it again after that.", field="ends_on")


def _check_room(team: Team) -> None:
    if team.sponsors.open().filter(ends_on__gte=timezone.localdate()).count() >= OPEN_SPONSORS_PER_TEAM:
        raise Conflict(f"A team has at most {OPEN_SPONSORS_PER_TEAM} sponsors. Cancel one first.", code="too_many")


def _insert(sponsor: TeamSponsor) -> None:
    # A row that is over and not yet settled would stand in the way of its own renewal.
    stale = sponsor.team.sponsors.overdue().filter(name__iexact=sponsor.name).select_related("team__captain__user")
    for over in stale.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        _move(None, over, Status.EXPIRED)
        sponsor_notices.tell_sponsor_captain(over, "ended")
    with refusing(
        {
            "teams_sponsor_one_open_per_name": lambda: Conflict(
                f"{sponsor.name} is proposed or shown already.", field="name"
            )
        }
    ):
        sponsor.save(force_insert=True)

"""The verified mark: the captain asks with evidence, staff decide with a reason."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.models import User
from apps.core import audit, events
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib import typed
from apps.teams import permissions
from apps.teams.constants import VERIFICATION_COOL_DOWN, VERIFICATION_EVIDENCE
from apps.teams.events import TeamUpdated
from apps.teams.models import Team, TeamVerification
from apps.teams.services import verification_notices
from apps.teams.services.locks import lock_team

Status = TeamVerification.Status


WAITS = "A request waits for staff already."


@transaction.atomic(durable=True)
def request_verification(*, actor: User, team_id: int, evidence: str) -> TeamVerification:
    """Ask staff to look at the team. One request waits at a time; after a no the next one comes seven days later.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor is not its captain.
        DomainError: There is too little or too much evidence.
        Conflict: The team is verified, a request waits already, or the last no is too young.
    """
    team = lock_team(team_id)
    permissions.check_request_verification(permissions.standing(actor, team))
    evidence = typed.paragraphs(evidence)
    if not VERIFICATION_EVIDENCE[0] <= len(evidence) <= VERIFICATION_EVIDENCE[1]:
        raise DomainError(
            "Write {} to {:,} characters: who you are and where staff can see it.".format(*VERIFICATION_EVIDENCE),
            field="evidence",
        )
    if team.is_verified:
        raise Conflict(f"{team.name} is verified already.")
    if again := may_ask_again(team):
        raise Conflict(f"Staff said no lately. Ask again on {date_format(timezone.localtime(again), 'j F')}.")
    if TeamVerification.objects.filter(team=team, status=TeamVerification.Status.PENDING).exists():
        raise Conflict(WAITS)
    request = TeamVerification(team=team, evidence=evidence, requested_by=actor)
    with refusing({"teams_verification_one_open": lambda: Conflict(WAITS)}):
        request.save(force_insert=True)
    audit.record(
        actor=actor, action="team.verification_requested", target=team, old={}, new={"verification": request.pk}
    )
    return request


@transaction.atomic(durable=True)
def withdraw_verification(*, actor: User, team_id: int) -> TeamVerification:
    """Take the waiting request back.

    Raises:
        NotFound: The team is gone or hidden from the actor, or nothing waits.
        PermissionRefused: The actor is not its captain.
    """
    team = lock_team(team_id)
    permissions.check_request_verification(permissions.standing(actor, team))
    request = team.verifications.select_for_update(no_key=True).filter(status=Status.PENDING).first()
    if request is None:
        raise NotFound("No request waits for staff.")
    request.team = team
    _settle(actor, request, Status.WITHDRAWN)
    return request


@transaction.atomic(durable=True)
def approve_verification(*, actor: User, verification_id: int) -> TeamVerification:
    """Give the team the verified mark and tell its captain.

    Raises:
        PermissionRefused: The actor is not staff who may change verification requests, or is in the team.
        NotFound: There is no such request, or its team has disbanded.
        Conflict: It was settled already.
    """
    request = _lock_for_review(actor, verification_id)
    _settle(actor, request, Status.APPROVED)
    team = request.team
    if not team.is_verified:
        team.is_verified = True
        team.save(update_fields=["is_verified"])
        audit.record(
            actor=actor, action="team.flags_set", target=team, old={"is_verified": False}, new={"is_verified": True}
        )
        events.publish(TeamUpdated(team_id=team.pk))
    verification_notices.tell_captain(request, actor=actor)
    return request


@transaction.atomic(durable=True)
def reject_verification(*, actor: User, verification_id: int, reason: str) -> TeamVerification:
    """Say no. The captain reads ``reason``.

    Raises:
        PermissionRefused: The actor is not staff who may change verification requests, or is in the team.
        NotFound: There is no such request, or its team has disbanded.
        DomainError: There is no reason.
        Conflict: It was settled already.
    """
    request = _lock_for_review(actor, verification_id)
    reason = typed.one_line(reason)[:300]
    if not reason:
        raise DomainError("Write the reason: the captain reads it.", field="reason")
    _settle(actor, request, Status.REJECTED, reason=reason)
    verification_notices.tell_captain(request, actor=actor)
    return request


def may_ask_again(team: Team) -> datetime | None:
    """Return from when on the captain may ask again; None for now."""
    last = team.verifications.filter(status=Status.REJECTED).order_by("-reviewed_at").first()
    if last is None or last.reviewed_at is None:
        return None
    again = last.reviewed_at + VERIFICATION_COOL_DOWN
    return again if again > timezone.now() else None


def _lock_for_review(actor: User, verification_id: int) -> TeamVerification:
    permissions.check_review_verifications(actor)
    team_id = TeamVerification.objects.filter(pk=verification_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such request.")
    team = lock_team(team_id)
    permissions.check_review_verification_of(permissions.standing(actor, team))
    request = TeamVerification.objects.select_for_update(no_key=True).get(pk=verification_id)
    request.team = team
    return request


def _settle(actor: User, request: TeamVerification, status: str, *, reason: str = "") -> None:
    if request.status != Status.PENDING:
        raise Conflict(f"{request.team.name}: {request.get_status_display().lower()} already.")
    request.status, request.reason = status, reason
    changed = ["status", "reason"]
    if status != Status.WITHDRAWN:
        request.reviewed_by, request.reviewed_at = actor, timezone.now()
        changed += ["reviewed_by", "reviewed_at"]
    request.save(update_fields=changed)
    audit.record(
        actor=actor,
        action=f"team.verification_{status}",
        target=request.team,
        old={"verification": request.pk, "status": Status.PENDING},
        new={"status": status, **({"reason": reason} if reason else {})},
    )

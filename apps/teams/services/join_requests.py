"""Join requests: ask, take back, say yes or no."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.models import User
from apps.core import audit, jobs, rate_limit
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError
from apps.corelib import typed
from apps.teams import permissions
from apps.teams.constants import (
    JOIN_ANSWER_LIMIT,
    JOIN_COOL_DOWN,
    JOIN_MESSAGE_LIMIT,
    OPEN_REQUESTS_PER_PLAYER,
    OPEN_REQUESTS_PER_TEAM,
    REQUESTS_PER_DAY,
)
from apps.teams.errors import PlaysElsewhere, RequestClosed, RosterFull
from apps.teams.models import Team, TeamJoinRequest, TeamMembership
from apps.teams.services import closing, rosters
from apps.teams.services.locks import lock_join_request, lock_team

Status = TeamJoinRequest.Status


@transaction.atomic(durable=True)
def ask_to_join(
    *, actor: User, team_id: int, message: str = "", answer: str = "", in_game_role: str = ""
) -> TeamJoinRequest:
    """Ask to play for a team. A team that accepts by itself seats the player at once, if it can.

    Where it can't (no seat, or the player plays elsewhere), the request waits for a person, with the reason.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The team takes no requests.
        DomainError: A field is wrong or missing; ``field`` names it.
        Conflict: The actor can't ask now; the sentence says why.
        RateLimited: More than twenty requests within a day.
    """
    team = lock_team(team_id)
    permissions.check_ask(permissions.standing(actor, team))
    rate_limit.check("teams.join_request", key=str(actor.pk), limit=REQUESTS_PER_DAY, seconds=86_400)
    request = TeamJoinRequest(
        team=team,
        player=actor,
        message=typed.paragraphs(message),
        question=team.join_question,
        answer=typed.paragraphs(answer) if team.join_question else "",
        in_game_role=in_game_role,
    )
    _check_fields(request)
    _check_can_ask(actor, team)

    _insert(request)

    audit.record(
        actor=actor,
        action="team.request_sent",
        target=team,
        old={},
        new={"request": request.pk, "player": actor.pk},
    )
    if not (team.auto_accept_join_requests and _seat_at_once(actor, request)):
        jobs.enqueue("teams.send_join_request_notification", request_id=request.pk)
    return request


@transaction.atomic(durable=True)
def withdraw_request(*, actor: User, request_id: int) -> TeamJoinRequest:
    """Take the own request back.

    Raises:
        NotFound: It is not the actor's.
        RequestClosed: It was answered meanwhile.
    """
    team, request = lock_join_request(request_id)
    permissions.check_withdraw_request(actor, request)
    check_open(team, request)

    closing.settle_request(actor=actor, request=request, status=Status.WITHDRAWN)
    return request


@transaction.atomic(durable=True)
def approve_request(*, actor: User, request_id: int) -> TeamMembership:
    """Give the player a seat.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not answer for the team.
        RequestClosed: It was answered, withdrawn or is older than fourteen days.
        RosterFull, PlaysElsewhere, Conflict: There is no seat for this player.
    """
    team, request = lock_join_request(request_id)
    permissions.check_invite(permissions.standing(actor, team))
    check_open(team, request)
    if not request.player.is_active:
        raise Conflict("This player's account is closed.")

    member = _seat(actor, request)

    jobs.enqueue("teams.send_join_request_notification", request_id=request.pk)
    _tell_members(request)
    return member


@transaction.atomic(durable=True)
def decline_request(*, actor: User, request_id: int, reason: str = "") -> TeamJoinRequest:
    """Say no, with a reason or without. The player can ask again after seven days.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not answer for the team.
        DomainError: The reason is too long.
        RequestClosed: It was answered, withdrawn or is older than fourteen days.
    """
    team, request = lock_join_request(request_id)
    permissions.check_invite(permissions.standing(actor, team))
    check_open(team, request)
    reason = typed.paragraphs(reason)
    if len(reason) > 300:
        raise DomainError(f"A reason has at most 300 characters. Yours has {len(reason)}.", field="reason")

    closing.settle_request(actor=actor, request=request, status=Status.DECLINED, reason=reason)

    jobs.enqueue("teams.send_join_request_notification", request_id=request.pk)
    return request


def expire_overdue_requests(*, at: datetime | None = None) -> int:
    """Settle what nobody answered in fourteen days and return how many this call settled. Nobody is notified."""
    return TeamJoinRequest.objects.overdue(at).update(status=Status.EXPIRED)


def check_open(team: Team, request: TeamJoinRequest) -> None:
    """Raise ``RequestClosed`` with what became of the request."""
    if not team.is_active:
        raise RequestClosed(f"{team.name} has disbanded.")
    words = {
        Status.EXPIRED: "This request ran out after 14 days.",
        Status.ACCEPTED: "This request was accepted already.",
        Status.DECLINED: "This request was declined already.",
        Status.WITHDRAWN: "The player took this request back.",
        Status.CLOSED: "This request is closed: the player joined another way.",
    }
    if request.state != Status.PENDING:
        raise RequestClosed(words[Status(request.state)])


def _check_fields(request: TeamJoinRequest) -> None:
    team = request.team
    if team.join_message_required and not request.message:
        raise DomainError(f"{team.name} wants to read something about you. Write a few words.", field="message")
    if team.join_question and not request.answer:
        raise DomainError(f"Answer the team's question: {team.join_question}", field="answer")
    for field, limit in (("message", JOIN_MESSAGE_LIMIT), ("answer", JOIN_ANSWER_LIMIT)):
        length = len(getattr(request, field))
        if length > limit:
            raise DomainError(f"At most {limit} characters. This has {length}.", field=field)
    rosters.check_in_game_role(team, request.in_game_role)


def _check_can_ask(actor: User, team: Team) -> None:
    """Raise why this player can't ask now."""
    memberships = team.memberships.filter(profile__user=actor)
    if memberships.filter(status="banned").exists():
        raise Conflict(f"You are banned from {team.name}.")
    if memberships.current().exists():
        raise Conflict(f"You are in {team.name} already.")
    if team.join_requests.open().filter(player=actor).exists():
        raise _asked_already(team)
    if team.invites.open().filter(invitee=actor).exists():
        raise Conflict(f"{team.name} has invited you. Accept the invitation instead.", code="invited")
    refused = team.join_requests.filter(
        player=actor, status=Status.DECLINED, answered_at__gt=timezone.now() - JOIN_COOL_DOWN
    )
    last = refused.order_by("-answered_at").values_list("answered_at", flat=True).first()
    if last is not None:
        day = date_format(timezone.localtime(last + JOIN_COOL_DOWN), "j F")
        raise Conflict(f"{team.name} said no. You can ask again on {day}.", code="cool_down")
    if TeamJoinRequest.objects.open().filter(player=actor).count() >= OPEN_REQUESTS_PER_PLAYER:
        raise Conflict(f"{OPEN_REQUESTS_PER_PLAYER} of your requests are open. Take one back first.", code="too_many")
    if team.join_requests.open().count() >= OPEN_REQUESTS_PER_TEAM:
        raise Conflict(f"{team.name} has many requests to answer. Try again in a few days.", code="too_many")


def _insert(request: TeamJoinRequest) -> None:
    # A row whose time is up still holds the place of the new one until it is settled.
    request.team.join_requests.overdue().filter(player=request.player).update(status=Status.EXPIRED)
    with refusing({"teams_joinrequest_one_pending": lambda: _asked_already(request.team)}):
        request.save(force_insert=True)


def _asked_already(team: Team) -> Conflict:
    return Conflict(f"Your request to {team.name} waits for an answer.", code="asked")


def _seat_at_once(actor: User, request: TeamJoinRequest) -> bool:
    """Seat the player by the team's own word. Where there is no seat, write down why and leave it to a person."""
    try:
        with transaction.atomic():
            _seat(actor, request)
    except (RosterFull, PlaysElsewhere) as refusal:
        request.status, request.answered_at, request.answered_by = Status.PENDING, None, None
        request.held_because = refusal.message[:200]
        request.save(update_fields=["held_because"])
        return False
    _tell_members(request)
    return True


def _seat(actor: User, request: TeamJoinRequest) -> TeamMembership:
    closing.settle_request(actor=actor, request=request, status=Status.ACCEPTED)
    return rosters.seat(
        actor=actor,
        team=request.team,
        profile=request.player.profile,
        role=TeamMembership.Role.PLAYER,
        in_game_role=request.in_game_role,
    )


def _tell_members(request: TeamJoinRequest) -> None:
    jobs.enqueue(
        "teams.send_roster_change_notification",
        team_id=request.team_id,
        change_type="joined",
        user_id=request.player_id,
    )

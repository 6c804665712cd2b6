"""Who hears of what. The tasks call these; the acts themselves only enqueue the tasks."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.models import User
from apps.corelib.figures import MINUS
from apps.notifications.services import notify, notify_email
from apps.teams import permissions
from apps.teams.constants import DISBAND_GRACE
from apps.teams.models import (
    CaptainTransfer,
    PastName,
    RosterChange,
    Team,
    TeamInvite,
    TeamMembership,
    TeamPointsAdjustment,
)

Role = TeamMembership.Role
OTHERS_HEAR_OF = {
    "joined": "teams.member_joined",
    "left": "teams.member_left",
    "captain_changed": "teams.captain_changed",
}
# What only the person hears of, by the kinds of RosterChange.
THE_PERSON_HEARS_OF = {
    "changed": "teams.role_changed",
    "inactive": "teams.set_inactive",
    "returned": "teams.brought_back",
    "banned": "teams.banned",
    "unbanned": "teams.unbanned",
}


def tell_invited(invite_id: int) -> int:
    """Tell the person who was asked, on the site and by mail. Return how many were told: none if it is settled.

    An address that an account has proved to own gets the news in that account's bell too, so one mail either way.
    """
    invite = (
        TeamInvite.objects.open()
        .filter(pk=invite_id, team__is_active=True)
        .select_related("team", "invitee", "invited_by__profile")
        .first()
    )
    if invite is None:
        return 0
    news = _news(invite)
    known = [invite.invitee] if invite.invitee_id else list(permissions.owners_of(invite.email))
    if known:
        return notify(known, "teams.team_invite", **news)
    return notify_email(invite.email, "teams.team_invite", **news)


def tell_waiting(user_id: int) -> int:
    """Put into the bell what was asked of an address before it had an account. The mail went out then."""
    user = User.objects.get(pk=user_id)
    waiting = permissions.invites_answered_by(user).filter(invitee__isnull=True)
    return sum(
        notify([user], "teams.invite_waiting", **_news(invite))
        for invite in waiting.select_related("team", "invited_by__profile")
    )


def _news(invite: TeamInvite) -> dict[str, Any]:
    return {
        "actor": invite.invited_by,
        "subject": invite,
        "context": {
            "team": invite.team.name,
            "game": invite.team.game_info.name,
            "role": invite.get_role_display().lower(),
            "expires": date_format(timezone.localtime(invite.expires_at), "j F"),
            "url": invite.get_absolute_url(),
        },
        "fingerprint": f"invite:{invite.pk}",
    }


def tell_answered(invite_id: int) -> int:
    """Tell the captain and whoever invited what came of it."""
    invite = TeamInvite.objects.filter(pk=invite_id).select_related("team__captain", "invitee").first()
    if invite is None or invite.status not in {TeamInvite.Status.ACCEPTED, TeamInvite.Status.DECLINED}:
        return 0
    return notify(
        _inviters(invite),
        f"teams.invite_{invite.status}",
        actor=invite.answered_by,
        subject=invite.team,
        context={
            "team": invite.team.name,
            "role": invite.get_role_display().lower(),
            "url": reverse("teams:manage", args=[invite.team.slug]),
        },
        fingerprint=f"invite:{invite.pk}",
    )


def tell_roster_change(team_id: int, change_type: str, user_id: int) -> int:
    """Tell the members that someone joined, left or became captain; tell only the person who was removed.

    Whoever was told that an invitation was accepted isn't told a second time that someone joined.
    """
    team = Team.objects.get(pk=team_id)
    member = User.objects.select_related("profile").get(pk=user_id)
    context = {"team": team.name, "member": member.profile.display_name, "url": reverse("teams:directory")}
    if change_type == "removed":
        return notify(
            [member], "teams.removed", subject=team, context=context, fingerprint=_of(change_type, team, member)
        )
    if change_type in THE_PERSON_HEARS_OF:
        return _tell_the_person(team, change_type, member, context)
    hear = set(TeamMembership.objects.active().filter(team=team).values_list("profile__user_id", flat=True))
    if change_type != "captain_changed":
        hear.discard(user_id)
    if change_type == "joined":
        accepted = TeamInvite.objects.filter(
            team=team, answered_by=member, status=TeamInvite.Status.ACCEPTED
        ).select_related("team__captain")
        hear -= set(_inviters(accepted.latest("answered_at"))) if accepted.exists() else set()
    return notify(
        sorted(hear),
        OTHERS_HEAR_OF[change_type],
        subject=team,
        context=context,
        fingerprint=_of(change_type, team, member),
    )


def _tell_the_person(team: Team, change_type: str, member: User, context: dict[str, Any]) -> int:
    change = (
        RosterChange.objects.filter(team=team, profile__user=member, kind=change_type)
        .select_related("membership")
        .latest("pk")
    )
    return notify(
        [member],
        THE_PERSON_HEARS_OF[change_type],
        subject=team,
        context=context | {"role": change.get_role_display().lower(), "reason": change.membership.ban_reason},
        fingerprint=f"change:{change.pk}",
    )


def tell_transfer(transfer_id: int) -> int:
    """Ask the member to become captain, or tell the captain that they declined. Nobody hears of another state."""
    transfer = (
        CaptainTransfer.objects.filter(pk=transfer_id)
        .select_related("team", "captain__user", "successor__user")
        .first()
    )
    if transfer is None or not transfer.team.is_active:
        return 0
    context = {
        "team": transfer.team.name,
        "captain": transfer.captain.display_name,
        "successor": transfer.successor.display_name,
        "expires": date_format(timezone.localtime(transfer.expires_at), "j F"),
        "url": reverse("teams:captaincy", args=[transfer.team.slug]),
    }
    match transfer.status:
        case CaptainTransfer.Status.PENDING:
            hears, news = transfer.successor.user, "teams.captaincy_offered"
        case CaptainTransfer.Status.DECLINED:
            hears, news = transfer.captain.user, "teams.captaincy_declined"
            context["url"] = reverse("teams:manage", args=[transfer.team.slug])
        case _:
            return 0
    return notify([hears], news, subject=transfer.team, context=context, fingerprint=f"transfer:{transfer.pk}")


def tell_renamed(past_name_id: int) -> int:
    """Tell the members but the one who did it."""
    past = PastName.objects.select_related("team").get(pk=past_name_id)
    members = TeamMembership.objects.current().filter(team=past.team).exclude(profile__user=past.renamed_by_id)
    return notify(
        list(members.values_list("profile__user_id", flat=True)),
        "teams.renamed",
        subject=past.team,
        context={"old": str(past), "team": str(past.team)},
        fingerprint=f"renamed:{past.pk}",
    )


def tell_disbanded(team_id: int) -> int:
    """Tell who was in the team to the end, and the captain how to undo it. Nobody, if it was restored since."""
    team = Team.objects.select_related("captain").get(pk=team_id)
    if team.is_active or team.disbanded_at is None:
        return 0
    ended = f"{team.pk}:{team.disbanded_at.isoformat()}"
    members = team.memberships.filter(left_at=team.disbanded_at).exclude(profile=team.captain)
    told = notify(
        list(members.values_list("profile__user_id", flat=True)),
        "teams.disbanded",
        context={"team": team.name, "url": reverse("teams:directory")},
        fingerprint=f"disbanded:{ended}",
    )
    return told + notify(
        [team.captain.user_id],
        "teams.restorable",
        context={
            "team": team.name,
            "until": date_format(timezone.localtime(team.disbanded_at + DISBAND_GRACE), "j F"),
            "url": reverse("teams:restore", args=[team.slug]),
        },
        fingerprint=f"restorable:{ended}",
    )


def _of(change_type: str, team: Team, member: User) -> str | None:
    """Return what makes this change the same news as another: the stay that began or ended.

    One stay may see a player become captain more than once, so that has no fingerprint and leans on its job, which
    takes effect once.
    """
    if change_type == "captain_changed":
        return None
    stay = TeamMembership.objects.filter(team=team, profile__user=member).latest("pk")
    return f"{change_type}:{stay.pk}"


def _inviters(invite: TeamInvite) -> list[int]:
    """Return the ids of the captain and of who sent the invite, if they are still in the team."""
    asked = {invite.team.captain.user_id, invite.invited_by_id}
    return sorted(
        TeamMembership.objects.active()
        .filter(team=invite.team, profile__user__in=[pk for pk in asked if pk])
        .values_list("profile__user_id", flat=True)
    )


def tell_points_adjusted(adjustment_id: int) -> int:
    """Tell the captain what staff gave or took. The reason is public, so it is told as it was written."""
    adjustment = TeamPointsAdjustment.objects.select_related("team__captain").get(pk=adjustment_id)
    team = adjustment.team
    if not team.is_active:
        return 0
    return notify(
        [team.captain.user_id],
        "teams.points_adjusted",
        subject=team,
        context={
            "team": team.name,
            "amount": f"{'+' if adjustment.amount > 0 else MINUS}{abs(adjustment.amount):,}",
            "reason": adjustment.reason,
            "url": reverse("teams:explain_rank", args=[team.slug]),
        },
        fingerprint=f"adjustment:{adjustment.pk}",
    )

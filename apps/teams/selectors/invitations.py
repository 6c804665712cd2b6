"""Invitations as pages show them: mine, the team's, one by its link, and whom to ask."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from apps.core.errors import DomainError, NotFound
from apps.teams import permissions
from apps.teams.models import Team, TeamInvite, TeamMembership
from apps.teams.models.invite import InviteQuerySet
from apps.teams.permissions import Viewer
from apps.user_profile.models import UserProfile

SUGGESTIONS = 6


@dataclass(frozen=True)
class Invitation:
    """One invitation for one viewer. ``refusal`` is why this viewer can't answer, or nothing."""

    invite: TeamInvite
    refusal: DomainError | None

    @property
    def state(self) -> str:
        return "disbanded" if self.is_open_row and not self.invite.team.is_active else str(self.invite.state)

    @property
    def is_open_row(self) -> bool:
        return self.invite.state == TeamInvite.Status.PENDING

    @property
    def can_answer(self) -> bool:
        return self.state == TeamInvite.Status.PENDING and self.refusal is None


def invitation(token: UUID, *, viewer: Viewer) -> Invitation:
    """Return the invitation behind a link. Whoever holds the link may read it; ``refusal`` says who may answer.

    Raises:
        NotFound: There is no such link.
    """
    invite = (
        TeamInvite.objects.filter(token=token)
        .select_related("team__captain__user", "invited_by__profile", "invitee__profile")
        .first()
    )
    if invite is None:
        raise NotFound("There is no such invitation.")
    try:
        permissions.check_answer(viewer, invite)
    except DomainError as refusal:
        return Invitation(invite, refusal)
    return Invitation(invite, None)


def my_invitations(viewer: Viewer) -> InviteQuerySet:
    """Return what waits for the viewer's answer, soonest to run out first."""
    return (
        permissions.invites_answered_by(viewer)
        .select_related("team", "invited_by__profile")
        .order_by("expires_at", "pk")
    )


def open_invitations(team: Team) -> InviteQuerySet:
    """Return what the team waits for, newest first."""
    return team.invites.open().select_related("invitee__profile", "invited_by__profile").order_by("-created_at", "-pk")


def invite_of(team: Team, invite_id: int) -> TeamInvite:
    """Return an invitation of ``team``, whatever became of it. Raises ``NotFound``."""
    invite = team.invites.filter(pk=invite_id).first()
    if invite is None:
        raise NotFound("There is no such invitation.")
    return invite


def suggestions(team: Team, query: str) -> QuerySet[UserProfile]:
    """Return players whose name begins with or holds ``query`` and who can be asked into ``team``.

    Players with a private profile are found by their exact username only.
    """
    query = query.strip().removeprefix("@")
    if len(query) < 2:
        return UserProfile.objects.none()
    begins = Q(display_name__istartswith=query) | Q(user__username__istartswith=query)
    exact = Q(user__username__iexact=query)
    taken = TeamMembership.objects.filter(Q(left_at__isnull=True) | Q(status="banned"), team=team)
    return (
        UserProfile.objects.filter(user__is_active=True)
        .filter(exact | (Q(is_private=False) & (begins | Q(display_name__icontains=query))))
        .exclude(pk__in=taken.values("profile"))
        .exclude(user__in=team.invites.open().filter(invitee__isnull=False).values("invitee"))
        .annotate(
            nearness=Case(
                When(exact, then=Value(0)), When(begins, then=Value(1)), default=Value(2), output_field=IntegerField()
            )
        )
        .select_related("user")
        .order_by("nearness", "display_name", "pk")[:SUGGESTIONS]
    )

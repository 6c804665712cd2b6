"""Who may ask players into a team, and who may answer."""

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from apps.accounts.models import User
from apps.core.errors import PermissionRefused
from apps.teams.errors import EmailNotVerified, NotYourInvite
from apps.teams.models import MemberFlag, Team, TeamInvite, TeamMembership
from apps.teams.models.invite import InviteQuerySet
from apps.teams.models.team import TeamQuerySet
from apps.teams.permissions.standing import Role, Standing, Viewer, boolean, check_flag, check_see


def check_invite(viewer: Standing) -> None:
    check_see(viewer)
    check_flag(viewer, MemberFlag.MANAGE_INVITES, "invite players and cancel invites")


def check_invite_as(viewer: Standing, role: str) -> None:
    check_invite(viewer)
    if role == Role.CO_CAPTAIN and not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain can invite a co-captain.")


def check_answer(user: Viewer, invite: TeamInvite) -> None:
    """Accept or decline: who was asked, and nobody else. Holding the link is not enough.

    An invitation to an address belongs to the account that has proved to own it. The link may be forwarded or leak;
    then it shows who asks whom, and no more.
    """
    if not user.is_authenticated:
        raise NotYourInvite("Log in to answer this invitation.")
    if invite.invitee_id:
        if invite.invitee_id != user.pk:
            raise NotYourInvite("This invitation is for someone else.")
        return
    address = EmailAddress.objects.filter(user=user, email__iexact=invite.email).first()
    if address is None:
        raise NotYourInvite("This invitation went to another e-mail address. Log in with the account that owns it.")
    if not address.verified:
        raise EmailNotVerified("This invitation went to your e-mail address. Confirm the address first, then accept.")


def teams_invited_for_by(user: Viewer) -> TeamQuerySet:
    """The queryset form of ``check_invite``."""
    if user.is_superuser:
        return Team.objects.active()
    if not user.is_authenticated:
        return Team.objects.none()
    mine = TeamMembership.objects.active().filter(
        Q(role__in=[Role.CAPTAIN, Role.CO_CAPTAIN]) | Q(team__members_can_manage_invites=True), profile__user=user
    )
    return Team.objects.active().filter(pk__in=mine.values("team"))


def invites_answered_by(user: Viewer) -> InviteQuerySet:
    """The queryset form of ``check_answer``, open ones only."""
    if not user.is_authenticated:
        return TeamInvite.objects.none()
    proved = EmailAddress.objects.filter(user=user, verified=True).values(address=Lower("email"))
    return (
        TeamInvite.objects.open()
        .alias(address=Lower("email"))
        .filter(Q(invitee=user) | Q(invitee__isnull=True, address__in=proved))
        .filter(team__is_active=True)
    )


def owners_of(email: str) -> QuerySet[User]:
    """Return the accounts that have proved to own ``email``: at most one."""
    return User.objects.filter(emailaddress__email__iexact=email, emailaddress__verified=True)


can_invite = boolean(check_invite)
can_invite_as = boolean(check_invite_as)
can_answer = boolean(check_answer)

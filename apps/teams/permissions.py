"""Who may do what with a team: the rule once, as a refusal with its sentence, as a boolean, as a queryset.

A rule reads a ``Standing``: what this person is in this team, fetched once. ``check_*`` raises the sentence for the
person, ``can_*`` tells templates, ``teams_*`` filters. What someone may not know about is ``NotFound``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from apps.accounts.models import User
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.teams.errors import EmailNotVerified, NotYourInvite, PlaysElsewhere
from apps.teams.models import CaptainTransfer, ChatMessage, Team, TeamInvite, TeamMembership
from apps.teams.models.invite import InviteQuerySet
from apps.teams.models.team import TeamQuerySet

Role = TeamMembership.Role
Viewer = User | AnonymousUser


@dataclass(frozen=True)
class Standing:
    """What someone is in a team. ``membership`` is their present one; a role counts only with a seat."""

    user: Viewer
    team: Team
    membership: TeamMembership | None

    @property
    def is_superuser(self) -> bool:
        return bool(self.user.is_superuser)

    @property
    def role(self) -> str:
        return self.membership.role if self.membership and self.membership.slot else ""

    def is_one_of(self, *roles: str) -> bool:
        return self.is_superuser or self.role in roles


def standing(user: Viewer, team: Team) -> Standing:
    """Fetch what ``user`` is in ``team``: one query, none for a visitor."""
    membership = None
    if user.is_authenticated:
        membership = (
            TeamMembership.objects.current().filter(team=team, profile__user=user).select_related("profile").first()
        )
    return Standing(user, team, membership)


Check = Callable[..., object]


def _boolean(check: Check) -> Callable[..., bool]:
    """Make the boolean twin of a check, so that the two can't disagree."""

    @wraps(check)
    def can(*args: object, **kwargs: object) -> bool:
        try:
            check(*args, **kwargs)
        except DomainError:
            return False
        return True

    return can


def check_create(user: Viewer) -> None:
    if not user.is_authenticated:
        raise PermissionRefused("Log in to create a team.")


def check_create_for(user: User, game: str) -> None:
    """A player has one team per game."""
    check_create(user)
    membership = TeamMembership.objects.active().filter(profile__user=user, game=game).select_related("team").first()
    if membership:
        raise PlaysElsewhere(
            f"You already play {membership.team.game_info.name} for {membership.team.name}. "
            "A player has one team per game: leave that team first.",
            field="game",
        )


def check_see(viewer: Standing) -> None:
    """A private or disbanded team does not exist for strangers."""
    if viewer.is_superuser:
        return
    if viewer.team.is_active and (viewer.team.is_public or viewer.membership):
        return
    raise NotFound("There is no such team.")


def check_manage(viewer: Standing) -> None:
    """See the manage page: whoever can do at least one thing there."""
    check_invite(viewer)


def check_invite(viewer: Standing) -> None:
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN, Role.CO_CAPTAIN):
        raise PermissionRefused("Only the captain and co-captains can invite players and cancel invites.")


def check_invite_as(viewer: Standing, role: str) -> None:
    check_invite(viewer)
    if role == Role.CO_CAPTAIN and not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain can invite a co-captain.")


def check_edit(viewer: Standing) -> None:
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN, Role.CO_CAPTAIN):
        raise PermissionRefused("Only the captain and co-captains can edit the team.")


def check_change_visibility(viewer: Standing) -> None:
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain can make the team private or public.")


def check_manage_roster(viewer: Standing) -> None:
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN, Role.CO_CAPTAIN):
        raise PermissionRefused("Only the captain and co-captains can change the roster.")


def check_remove(viewer: Standing, member: TeamMembership) -> None:
    """Take somebody's seat away: remove, set inactive or ban. Also the way back, which undoes it."""
    check_manage_roster(viewer)
    if member.role == Role.CAPTAIN and member.slot:
        raise PermissionRefused("The captain can't be removed, banned or set inactive.")
    if member.role == Role.CO_CAPTAIN and not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain decides about a co-captain's place.")


def check_change_member(viewer: Standing, member: TeamMembership, *, role: str) -> None:
    """Give ``member`` this role, or another place in the game."""
    check_manage_roster(viewer)
    if role != member.role:
        if Role.CAPTAIN in (role, member.role):
            raise PermissionRefused("A captain hands the team over to a member, who has to accept.")
        if Role.CO_CAPTAIN in (role, member.role) and not viewer.is_one_of(Role.CAPTAIN):
            raise PermissionRefused("Only the captain makes and unmakes co-captains.")
    elif member.role == Role.CAPTAIN and not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain changes the captain's place.")


def check_offer_captaincy(viewer: Standing) -> None:
    """Offer the team to a member, or take the offer back."""
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain can hand the team over.")


def check_answer_captaincy(viewer: Standing, transfer: CaptainTransfer) -> None:
    """Only the member who was asked answers; not even a superuser does it for them."""
    check_see(viewer)
    if viewer.membership is None or viewer.membership.profile_id != transfer.successor_id:
        raise PermissionRefused("The captain asked someone else.")


def check_rename(viewer: Standing) -> None:
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN) and not can_set_flags(viewer.user):
        raise PermissionRefused("Only the captain can rename the team.")


def check_disband(viewer: Standing) -> None:
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain can disband the team.")


def check_restore(user: Viewer, team: Team) -> None:
    """Its last captain, or staff. For others a disbanded team does not exist."""
    if user.is_authenticated and team.captain.user_id == user.pk:
        return
    if not can_set_flags(user):
        raise NotFound("There is no such team.")


def check_leave(viewer: Standing) -> TeamMembership:
    """Return the membership that would end."""
    check_see(viewer)
    if viewer.membership is None:
        raise PermissionRefused("You are not a member of this team.")
    return viewer.membership


def check_chat(viewer: Standing) -> TeamMembership:
    """Read and write the chat. Members only: not even superusers read along."""
    check_see(viewer)
    if viewer.membership is None:
        raise PermissionRefused("The chat is for the members of the team.")
    return viewer.membership


def check_edit_message(viewer: Standing, message: ChatMessage) -> None:
    check_chat(viewer)
    if message.author_id != viewer.user.pk:
        raise PermissionRefused("Only who wrote a message can edit it.")
    _check_not_deleted(message)


def check_delete_message(viewer: Standing, message: ChatMessage) -> None:
    """The author, or whoever keeps order in the chat."""
    if not viewer.is_superuser:
        check_chat(viewer)
    if message.author_id != viewer.user.pk and not viewer.is_one_of(Role.CAPTAIN, Role.CO_CAPTAIN):
        raise PermissionRefused("Only who wrote a message, the captain and co-captains can delete it.")
    _check_not_deleted(message)


def check_react(viewer: Standing, message: ChatMessage) -> None:
    check_chat(viewer)
    _check_not_deleted(message)


def _check_not_deleted(message: ChatMessage) -> None:
    if message.deleted_at is not None:
        raise Conflict("This message was deleted.")


def check_set_flags(user: Viewer) -> None:
    """Verified and featured are staff's words about a team."""
    if not user.has_perm("teams.change_team"):
        raise PermissionRefused("Only staff who may change teams can verify and feature them.")


def check_adjust_points(user: Viewer) -> None:
    if not user.has_perm("teams.add_teampointsadjustment"):
        raise PermissionRefused("Only staff who keep the ranking can adjust points.")


def check_change_criteria(user: Viewer) -> None:
    if not user.has_perm("teams.change_rankingcriteria"):
        raise PermissionRefused("Only staff who keep the ranking can change how points are counted.")


def check_record_results(user: Viewer) -> None:
    if not user.has_perm("teams.change_teamtournamentregistration"):
        raise PermissionRefused("Only staff who keep results can record them.")


def check_propose_sponsor(viewer: Standing) -> None:
    """Propose and end sponsors, see their figures: money matters are the captain's."""
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain looks after the sponsors.")


def check_review_sponsors(user: Viewer) -> None:
    if not user.has_perm("teams.change_teamsponsor"):
        raise PermissionRefused("Only staff who may change sponsors can decide about them.")


def check_promote(user: Viewer) -> None:
    if not user.has_perm("teams.change_teampromotion"):
        raise PermissionRefused("Only staff who may change promotions can put teams forward.")


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


can_create = _boolean(check_create)
can_see = _boolean(check_see)
can_manage = _boolean(check_manage)
can_invite = _boolean(check_invite)
can_invite_as = _boolean(check_invite_as)
can_edit = _boolean(check_edit)
can_change_visibility = _boolean(check_change_visibility)
can_manage_roster = _boolean(check_manage_roster)
can_remove = _boolean(check_remove)
can_change_member = _boolean(check_change_member)
can_offer_captaincy = _boolean(check_offer_captaincy)
can_answer_captaincy = _boolean(check_answer_captaincy)
can_rename = _boolean(check_rename)
can_disband = _boolean(check_disband)
can_restore = _boolean(check_restore)
can_set_flags = _boolean(check_set_flags)
can_leave = _boolean(check_leave)
can_change_criteria = _boolean(check_change_criteria)
can_chat = _boolean(check_chat)
can_edit_message = _boolean(check_edit_message)
can_delete_message = _boolean(check_delete_message)
can_react = _boolean(check_react)
can_answer = _boolean(check_answer)
can_propose_sponsor = _boolean(check_propose_sponsor)
can_review_sponsors = _boolean(check_review_sponsors)
can_promote = _boolean(check_promote)


def teams_seen_by(user: Viewer) -> TeamQuerySet:
    """The queryset form of ``check_see``."""
    if user.is_superuser:
        return Team.objects.all()
    if not user.is_authenticated:
        return Team.objects.listed()
    mine = TeamMembership.objects.current().filter(profile__user=user).values("team")
    return Team.objects.active().filter(Q(is_public=True) | Q(pk__in=mine))


def teams_invited_for_by(user: Viewer) -> TeamQuerySet:
    """The queryset form of ``check_invite``."""
    if user.is_superuser:
        return Team.objects.active()
    if not user.is_authenticated:
        return Team.objects.none()
    mine = TeamMembership.objects.active().filter(profile__user=user, role__in=[Role.CAPTAIN, Role.CO_CAPTAIN])
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

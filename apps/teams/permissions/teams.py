"""Who may make, see, change and end a team."""

from django.db.models import Q

from apps.accounts.models import User
from apps.core.errors import NotFound, PermissionRefused
from apps.teams.errors import PlaysElsewhere
from apps.teams.models import MemberFlag, Team, TeamMembership
from apps.teams.models.team import TeamQuerySet
from apps.teams.permissions.invites import can_invite
from apps.teams.permissions.rosters import can_manage_roster
from apps.teams.permissions.staff import can_set_flags
from apps.teams.permissions.standing import Role, Standing, Viewer, boolean, check_flag, check_see


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


def check_manage(viewer: Standing) -> None:
    """See the manage page: whoever can do at least one thing there."""
    check_see(viewer)
    if not (can_invite(viewer) or can_manage_roster(viewer)):
        raise PermissionRefused("Only the captain, co-captains and members whom the captain lets can manage the team.")


def check_edit(viewer: Standing) -> None:
    check_see(viewer)
    check_flag(viewer, MemberFlag.EDIT_PROFILE, "edit the team")


def check_change_visibility(viewer: Standing) -> None:
    check_see(viewer)
    check_flag(viewer, MemberFlag.CHANGE_SETTINGS, "make the team private or public")


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


def check_view_finances(viewer: Standing) -> None:
    """See sponsors with their figures, and promotions."""
    check_see(viewer)
    check_flag(viewer, MemberFlag.VIEW_FINANCES, "see sponsors and promotions")


def check_propose_sponsor(viewer: Standing) -> None:
    """Propose and end sponsors: money matters are the captain's."""
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain proposes and ends sponsors.")


def check_book_promotion(viewer: Standing) -> None:
    """Book promotions and end them: the captain's own wallet pays, so nobody stands in for the captain."""
    check_see(viewer)
    if viewer.role != Role.CAPTAIN:
        raise PermissionRefused("Only the captain books promotions: the captain's wallet pays.")


def check_manage_discord(viewer: Standing) -> None:
    """Connect and take away the Discord channels that get the team's news."""
    check_see(viewer)
    check_flag(viewer, MemberFlag.CHANGE_SETTINGS, "connect the team's Discord channels")


def teams_seen_by(user: Viewer) -> TeamQuerySet:
    """The queryset form of ``check_see``."""
    if user.is_superuser:
        return Team.objects.all()
    if not user.is_authenticated:
        return Team.objects.listed()
    mine = TeamMembership.objects.current().filter(profile__user=user).values("team")
    return Team.objects.active().filter(Q(is_public=True) | Q(pk__in=mine))


can_create = boolean(check_create)
can_manage = boolean(check_manage)
can_edit = boolean(check_edit)
can_change_visibility = boolean(check_change_visibility)
can_rename = boolean(check_rename)
can_disband = boolean(check_disband)
can_restore = boolean(check_restore)
can_manage_discord = boolean(check_manage_discord)
can_view_finances = boolean(check_view_finances)
can_propose_sponsor = boolean(check_propose_sponsor)
can_book_promotion = boolean(check_book_promotion)

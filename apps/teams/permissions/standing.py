"""What someone is in a team, fetched once, and what follows from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import User
from apps.core.errors import DomainError, NotFound, PermissionRefused
from apps.teams.models import MemberFlag, Team, TeamMembership

Role = TeamMembership.Role
Viewer = User | AnonymousUser

# What a co-captain may only do where the captain has opened it to all members.
CAPTAINS_OWN = frozenset({MemberFlag.CHANGE_SETTINGS, MemberFlag.VIEW_FINANCES})


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

    def has_flag(self, flag: MemberFlag) -> bool:
        """Return whether they may do what ``flag`` names: by their role, or as a member in a team that opened it."""
        if self.is_one_of(Role.CAPTAIN):
            return True
        if self.role == Role.CO_CAPTAIN and flag not in CAPTAINS_OWN:
            return True
        return bool(self.role) and self.team.opens(flag)


def standing(user: Viewer, team: Team) -> Standing:
    """Fetch what ``user`` is in ``team``: one query, none for a visitor."""
    membership = None
    if user.is_authenticated:
        membership = (
            TeamMembership.objects.current().filter(team=team, profile__user=user).select_related("profile").first()
        )
    return Standing(user, team, membership)


Check = Callable[..., object]


def boolean(check: Check) -> Callable[..., bool]:
    """Make the boolean twin of a check, so that the two can't disagree."""

    @wraps(check)
    def can(*args: object, **kwargs: object) -> bool:
        try:
            check(*args, **kwargs)
        except DomainError:
            return False
        return True

    return can


def check_flag(viewer: Standing, flag: MemberFlag, act: str) -> None:
    """Refuse who may not do what ``flag`` names. The sentence follows from the rule: it names everybody who may.

    ``act`` goes on after "can": "edit the team".
    """
    if not viewer.has_flag(flag):
        who = "the captain" if flag in CAPTAINS_OWN else "the captain and co-captains"
        raise PermissionRefused(f"Only {who} can {act}, and active members where the captain opens it to them.")


def check_see(viewer: Standing) -> None:
    """A private or disbanded team does not exist for strangers."""
    if viewer.is_superuser:
        return
    if viewer.team.is_active and (viewer.team.is_public or viewer.membership):
        return
    raise NotFound("There is no such team.")


can_see = boolean(check_see)

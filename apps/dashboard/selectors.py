"""What a member's home reads."""

from dataclasses import dataclass

from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.selectors import security_overview
from apps.corelib import games
from apps.economy.models import DeltaCrownWallet
from apps.economy.selectors import entries as ledger
from apps.notifications import selectors as notifications
from apps.notifications.models import Notification
from apps.teams.models import TeamInvite, TeamMembership
from apps.teams.selectors.invitations import my_invitations
from apps.teams.selectors.rosters import memberships_of
from apps.user_profile.models import UserProfile

TEAMS = 6
INVITES = 5
NEWS = 5
CHANGES = 3


@dataclass(frozen=True)
class Step:
    """One step of settling in."""

    title: str
    reason: str
    url: str
    done: bool


@dataclass(frozen=True)
class Home:
    """What needs the member now, then what is theirs."""

    invites: list[TeamInvite]
    teams: list[TeamMembership]
    news: list[Notification]
    steps: list[Step]
    wallet: DeltaCrownWallet | None
    changes: list[ledger.Entry]

    @property
    def steps_done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def settled(self) -> bool:
        return self.steps_done == len(self.steps)


def home(viewer: User) -> Home:
    """Return the home of a member. The number of queries does not depend on how much they have."""
    profile = viewer.profile
    teams = memberships_of(profile.pk, viewer=viewer)[:TEAMS]
    wallet = ledger.wallet_of(viewer)
    return Home(
        invites=list(my_invitations(viewer)[:INVITES]),
        teams=teams,
        news=notifications.menu(viewer)[:NEWS],
        steps=_steps(viewer, profile, in_team=bool(teams)),
        wallet=wallet,
        changes=ledger.page(wallet, ledger.Filters(), size=CHANGES).entries if wallet else [],
    )


def _steps(viewer: User, profile: UserProfile, *, in_team: bool) -> list[Step]:
    overview = security_overview(viewer)
    return [
        Step(
            "Add a game ID",
            "So that a captain knows whom to invite in the game.",
            reverse("user_profile:edit_games"),
            any(profile.get_game_id(code) for code in games.GAMES),
        ),
        Step(
            "Add a picture",
            "Until then you have a generated one.",
            reverse("user_profile:edit_pictures"),
            bool(profile.avatar),
        ),
        Step(
            "Join or create a team",
            "A player can be in one team of each game.",
            reverse("teams:directory"),
            in_team,
        ),
        Step(
            "Add a second step to your login",
            "A passkey or a code from your phone keeps others out.",
            reverse("accounts:security"),
            overview.has_second_factor,
        ),
    ]

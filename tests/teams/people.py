"""Who plays in the tests: people and teams, made the way the site makes them."""

from datetime import timedelta
from itertools import count

from allauth.account.models import EmailAddress
from django.utils import timezone

from apps.accounts.models import User
from apps.teams.models import (
    CaptainTransfer,
    RosterChange,
    Team,
    TeamInvite,
    TeamInviteLink,
    TeamJoinRequest,
    TeamMembership,
)

_number = count(1)


def make_user(username: str = "", *, verified: bool = True, **fields) -> User:
    username = username or f"player{next(_number)}"
    fields.setdefault("email", f"{username}@example.test")
    user = User.objects.create(username=username, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def make_team(name: str = "", *, captain: User | None = None, game: str = "valorant", **fields) -> Team:
    number = next(_number)
    captain = captain or make_user()
    fields.setdefault("tag", f"T{number}")
    fields.setdefault("slug", f"team-{number}")
    team = Team.objects.create(name=name or f"Team {number}", game=game, captain=captain.profile, **fields)
    add_member(team, captain, "captain")
    return team


def add_member(team: Team, user: User | None = None, role: str = "player", **fields) -> TeamMembership:
    user = user or make_user()
    taken = set(TeamMembership.objects.active().filter(team=team).values_list("slot", flat=True))
    if fields.get("status", "active") == "active":
        fields["slot"] = next(slot for slot in count(1) if slot not in taken)
    else:
        fields.setdefault("left_at", timezone.now())
    member = TeamMembership.objects.create(team=team, profile=user.profile, game=team.game, role=role, **fields)
    RosterChange.objects.create(
        team=team,
        profile=user.profile,
        membership=member,
        kind="joined",
        role=role,
        in_game_role=member.in_game_role,
        status=member.status,
        at=fields.get("joined_at", timezone.now()),
    )
    return member


def fill(team: Team, members: int) -> None:
    """Add members until there are ``members``."""
    for _ in range(members - TeamMembership.objects.active().filter(team=team).count()):
        add_member(team)


def make_invite(team: Team, invitee: User | None = None, **fields) -> TeamInvite:
    fields.setdefault("invited_by", team.captain.user)
    return TeamInvite.objects.create(team=team, invitee=invitee, **fields)


def make_transfer(team: Team, member: TeamMembership, **fields) -> CaptainTransfer:
    return CaptainTransfer.objects.create(team=team, captain=team.captain, successor=member.profile, **fields)


def members_of(team: Team) -> set[str]:
    return set(TeamMembership.objects.active().filter(team=team).values_list("profile__user__username", flat=True))


def make_link(team: Team, **fields) -> TeamInviteLink:
    fields.setdefault("made_by", team.captain.user)
    fields.setdefault("expires_at", timezone.now() + timedelta(days=7))
    return TeamInviteLink.objects.create(team=team, **fields)


def make_request(team: Team, player: User | None = None, **fields) -> TeamJoinRequest:
    return TeamJoinRequest.objects.create(team=team, player=player or make_user(), **fields)

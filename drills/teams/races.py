"""The races. Teams and people are made once; SQL puts them back between the rounds. Each names what it found broken."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from django.utils import timezone

from apps.accounts.models import User
from apps.teams.models import CaptainTransfer, InviteLinkUse, Team, TeamInvite, TeamInviteLink, TeamMembership
from apps.teams.services.captaincy import accept_captaincy
from apps.teams.services.invites import accept_invite
from apps.teams.services.links import accept_link
from apps.teams.services.transfers import offer_captaincy
from drills.teams.crowd import Crowd

GAME = "valorant"
PEOPLE = 50


class Race(Protocol):
    """One race: ``run`` a round, say whether every rule held, and ``reset`` what it changed."""

    def run(self, crowd: Crowd) -> tuple[Counter[str], bool]: ...

    def reset(self) -> None: ...


class LastSeat:
    """Fifty accept at once where one seat is free: one of them joins."""

    def __init__(self) -> None:
        self.team = make_team("LAST", make_people("seated", 7))
        self.invites = [
            TeamInvite.objects.create(team=self.team, invitee=user) for user in make_people("asked", PEOPLE)
        ]

    def run(self, crowd: Crowd) -> tuple[Counter[str], bool]:
        ended = crowd.at_once([lambda i=i: accept_invite(actor=i.invitee, invite_id=i.pk) for i in self.invites])
        accepted = TeamInvite.objects.filter(team=self.team, status="accepted").count()
        whole = seats(self.team) == list(range(1, 9)) and accepted == 1
        return ended, ended == {"done": 1, "RosterFull": PEOPLE - 1} and whole

    def reset(self) -> None:
        TeamInvite.objects.filter(team=self.team).update(status="pending", answered_at=None, answered_by=None)
        unseat(team=self.team, slot__gt=7)


class TwoTeams:
    """One player accepts two teams of one game at once: they join one."""

    def __init__(self) -> None:
        teams = [make_team(f"TWO{n}", make_people(f"captain{n}", 1)) for n in (1, 2)]
        [self.player] = make_people("wanted", 1)
        self.invites = [TeamInvite.objects.create(team=team, invitee=self.player) for team in teams]

    def run(self, crowd: Crowd) -> tuple[Counter[str], bool]:
        ended = crowd.at_once([lambda i=i: accept_invite(actor=self.player, invite_id=i.pk) for i in self.invites])
        joined = TeamMembership.objects.active().filter(profile=self.player.profile, game=GAME).count()
        return ended, ended == {"done": 1, "PlaysElsewhere": 1} and joined == 1

    def reset(self) -> None:
        TeamInvite.objects.filter(invitee=self.player).update(status="pending", answered_at=None, answered_by=None)
        unseat(profile=self.player.profile)


class TwoTransfers:
    """A captain offers the team to two members at once, and both try to take it at once: one becomes captain."""

    def __init__(self) -> None:
        self.team = make_team("HAND", make_people("hand", 3))

    def run(self, crowd: Crowd) -> tuple[Counter[str], bool]:
        seated = TeamMembership.objects.active().filter(team=self.team).select_related("profile__user")
        captain = seated.get(role="captain")
        members = list(seated.exclude(role="captain"))
        offer = {"actor": captain.profile.user, "team_id": self.team.pk}
        offered = crowd.at_once([lambda m=m: offer_captaincy(**offer, member_id=m.pk) for m in members])
        transfer = CaptainTransfer.objects.get(team=self.team, status="pending")
        taken = crowd.at_once(
            [lambda m=m: accept_captaincy(actor=m.profile.user, transfer_id=transfer.pk) for m in members]
        )
        self.team.refresh_from_db()
        captains = list(seated.filter(role="captain").values_list("profile", flat=True))
        fine = offered == {"done": 1, "Conflict": 1} and taken["done"] == 1
        return offered + taken, fine and captains == [self.team.captain_id] == [transfer.successor_id]

    def reset(self) -> None:
        TeamMembership.objects.active().filter(team=self.team).exclude(role="captain").update(role="player")


class OneLink:
    """Fifty use a link for one person at once: one of them joins, and it counts one use."""

    def __init__(self) -> None:
        self.team = make_team("LINK", make_people("host", 1))
        self.people = make_people("guest", PEOPLE)
        self.link = TeamInviteLink.objects.create(
            team=self.team, max_uses=1, expires_at=timezone.now() + timedelta(days=1)
        )

    def run(self, crowd: Crowd) -> tuple[Counter[str], bool]:
        ended = crowd.at_once([lambda p=p: accept_link(actor=p, link_id=self.link.pk) for p in self.people])
        self.link.refresh_from_db()
        counted = (self.link.uses, self.link.used_by.count()) == (1, 1)
        return ended, ended == {"done": 1, "LinkClosed": PEOPLE - 1} and counted and seats(self.team) == [1, 2]

    def reset(self) -> None:
        InviteLinkUse.objects.filter(link=self.link).delete()
        TeamInviteLink.objects.filter(pk=self.link.pk).update(uses=0)
        unseat(team=self.team, slot__gt=1)


RACES: dict[str, Callable[[], Race]] = {
    "two-teams": TwoTeams,
    "two-transfers": TwoTransfers,
    "one-link": OneLink,
    "last-seat": LastSeat,
}


def run(name: str, rounds: int) -> dict[str, Any]:
    """Run one race so often and return what it came to. ``faults`` are answers that are no sentence for a person."""
    total: Counter[str] = Counter()
    broken = []
    race = RACES[name]()
    with Crowd(PEOPLE) as crowd:
        for number in range(rounds):
            ended, fine = race.run(crowd)
            total += ended
            if not fine:
                broken.append(number)
            race.reset()
    faults = sum(count for how, count in total.items() if how.startswith("fault"))
    return {"ok": not broken and not faults, "rounds": rounds, "broken": len(broken), "faults": faults, **total}


def make_people(name: str, count: int) -> list[User]:
    people = [
        User.objects.create(username=f"{name}{number}", email=f"{name}{number}@example.com") for number in range(count)
    ]
    return list(User.objects.select_related("profile").filter(pk__in=[user.pk for user in people]).order_by("pk"))


def make_team(tag: str, members: list[User]) -> Team:
    """Return a team of these people; the first is its captain."""
    team = Team.objects.create(
        name=f"Racers {tag}", tag=tag, slug=f"racers-{tag.lower()}", game=GAME, captain=members[0].profile
    )
    for slot, user in enumerate(members, 1):
        TeamMembership.objects.create(
            team=team, profile=user.profile, game=GAME, slot=slot, role="captain" if slot == 1 else "player"
        )
    return team


def seats(team: Team) -> list[int | None]:
    return sorted(TeamMembership.objects.active().filter(team=team).values_list("slot", flat=True))


def unseat(**whom: Any) -> None:
    TeamMembership.objects.active().filter(**whom).update(status="inactive", slot=None, left_at=timezone.now())

"""The races. Each runs on real connections, counts how everyone's act ended, and names what it found broken."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.teams.models import CaptainTransfer, Team, TeamInvite, TeamMembership
from apps.teams.services.captaincy import accept_captaincy
from apps.teams.services.invites import accept_invite
from apps.teams.services.transfers import offer_captaincy

GAME = "valorant"
PEOPLE = 60


def last_seat() -> tuple[Counter[str], bool]:
    """Fifty accept at once where one seat is free: one of them joins."""
    everyone = people()
    team = make_team(everyone[:7])
    invites = [TeamInvite.objects.create(team=team, invitee=user) for user in everyone[7:57]]
    ended = at_once([lambda i=i: accept_invite(actor=i.invitee, invite_id=i.pk) for i in invites])
    seats = TeamMembership.objects.active().filter(team=team).values_list("slot", flat=True)
    accepted = TeamInvite.objects.filter(team=team, status="accepted").count()
    return ended, ended == {"done": 1, "RosterFull": 49} and sorted(seats) == list(range(1, 9)) and accepted == 1


def two_teams() -> tuple[Counter[str], bool]:
    """One player accepts two teams of one game at once: they join one."""
    first, second, player = people()[:3]
    teams = [make_team([captain]) for captain in (first, second)]
    invites = [TeamInvite.objects.create(team=team, invitee=player) for team in teams]
    ended = at_once([lambda i=i: accept_invite(actor=player, invite_id=i.pk) for i in invites])
    joined = TeamMembership.objects.active().filter(profile=player.profile, game=GAME).count()
    return ended, ended == {"done": 1, "PlaysElsewhere": 1} and joined == 1


def two_transfers() -> tuple[Counter[str], bool]:
    """A captain offers the team to two members at once, and both try to take it at once: one becomes captain."""
    team = make_team(people()[:3])
    captain, *members = TeamMembership.objects.filter(team=team).select_related("profile__user").order_by("slot")
    offer = {"actor": captain.profile.user, "team_id": team.pk}
    offered = at_once([lambda m=m: offer_captaincy(**offer, member_id=m.pk) for m in members])
    transfer = CaptainTransfer.objects.get(team=team, status="pending")
    taken = at_once([lambda m=m: accept_captaincy(actor=m.profile.user, transfer_id=transfer.pk) for m in members])
    team.refresh_from_db()
    captains = list(TeamMembership.objects.active().filter(team=team, role="captain").values_list("profile", flat=True))
    fine = offered == {"done": 1, "Conflict": 1} and taken["done"] == 1
    return offered + taken, fine and captains == [team.captain_id] == [transfer.successor_id]


RACES: dict[str, Callable[[], tuple[Counter[str], bool]]] = {
    "last-seat": last_seat,
    "two-teams": two_teams,
    "two-transfers": two_transfers,
}


def run(name: str, rounds: int) -> dict[str, Any]:
    """Run one race so often and return what it came to. ``faults`` are answers that are no sentence for a person."""
    total: Counter[str] = Counter()
    broken = []
    for number in range(rounds):
        ended, fine = RACES[name]()
        total += ended
        if not fine:
            broken.append(number)
        TeamMembership.objects.active().update(status="inactive", slot=None, left_at=timezone.now())
    faults = sum(count for how, count in total.items() if how.startswith("fault"))
    return {"ok": not broken and not faults, "rounds": rounds, "broken": len(broken), "faults": faults, **total}


def at_once(acts: list[Callable[[], object]]) -> Counter[str]:
    """Run all acts at the same moment, each on its own connection, and count how they ended."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            act()
        except DomainError as refusal:
            return type(refusal).__name__
        except Exception as error:  # what would be a page 500 is counted, not raised
            return f"fault {type(error).__name__}"
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return Counter(threads.map(one, acts))


def people() -> list[User]:
    """Return the same sixty people every time."""
    known = list(User.objects.select_related("profile").order_by("pk"))
    while len(known) < PEOPLE:
        name = f"racer{len(known)}"
        known.append(User.objects.create(username=name, email=f"{name}@example.com"))
    return known


def make_team(members: list[User]) -> Team:
    """Return a new team of these people; the first is its captain."""
    serial = Team.objects.count()
    team = Team.objects.create(
        name=f"Racers {serial}", tag=f"R{serial}", slug=f"racers-{serial}", game=GAME, captain=members[0].profile
    )
    for slot, user in enumerate(members, 1):
        TeamMembership.objects.create(
            team=team, profile=user.profile, game=GAME, slot=slot, role="captain" if slot == 1 else "player"
        )
    return team

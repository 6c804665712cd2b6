"""Two at once, on real connections: the rules hold, and nobody gets an error page."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from apps.core.errors import DomainError
from apps.teams.models import Team, TeamInvite, TeamMembership
from apps.teams.services.captaincy import accept_captaincy
from apps.teams.services.disbanding import disband_team, restore_team, settle_disbanded_teams
from apps.teams.services.invites import accept_invite, cancel_invite, expire_overdue_invites, invite_player
from apps.teams.services.join_requests import approve_request, ask_to_join, decline_request, withdraw_request
from apps.teams.services.links import accept_link, revoke_link
from apps.teams.services.members import bring_back
from apps.teams.services.naming import rename_team
from apps.teams.services.rosters import leave_team, remove_member
from apps.teams.services.teams import create_team
from apps.teams.services.transfers import cancel_captaincy, offer_captaincy
from tests.teams.people import add_member, fill, make_invite, make_link, make_team, make_transfer, make_user, members_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]


def at_once(*acts):
    """Run all acts at the same moment, each on its own connection. Return how each ended: "done" or the refusal's name.

    Anything that is not a refusal is a fault and is raised here.
    """
    barrier = Barrier(len(acts))

    def run(act):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            act()
        except DomainError as refusal:
            return type(refusal).__name__
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return Counter(threads.map(run, acts))


def accepting(invite):
    return lambda: accept_invite(actor=invite.invitee, invite_id=invite.pk)


def test_many_accepts_for_the_last_seat_fill_it_once(wolves):
    fill(wolves, 7)
    invites = [make_invite(wolves, make_user()) for _ in range(12)]

    assert at_once(*[accepting(invite) for invite in invites]) == {"done": 1, "RosterFull": 11}

    assert len(members_of(wolves)) == 8
    assert Counter(TeamInvite.objects.values_list("status", flat=True)) == {"accepted": 1, "pending": 11}


def test_many_accepts_for_several_seats_fill_them_all(wolves):
    fill(wolves, 4)
    invites = [make_invite(wolves, make_user()) for _ in range(8)]

    assert at_once(*[accepting(invite) for invite in invites]) == {"done": 4, "RosterFull": 4}

    slots = TeamMembership.objects.active().filter(team=wolves).values_list("slot", flat=True)
    assert sorted(slots) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_one_player_accepting_many_teams_of_a_game_joins_one(mim):
    invites = [make_invite(make_team(), mim) for _ in range(6)]

    assert at_once(*[accepting(invite) for invite in invites]) == {"done": 1, "PlaysElsewhere": 5}

    assert TeamMembership.objects.active().filter(profile=mim.profile).count() == 1


def test_one_invitation_accepted_many_times_at_once_counts_once(wolves, mim):
    invite = make_invite(wolves, mim)

    assert at_once(*[accepting(invite)] * 6) == {"done": 1, "InviteClosed": 5}

    assert TeamMembership.objects.filter(team=wolves, profile=mim.profile).count() == 1


def test_a_single_use_link_lets_one_of_many_in(wolves):
    link = make_link(wolves, max_uses=1)
    players = [make_user() for _ in range(12)]

    ended = at_once(*[lambda player=player: accept_link(actor=player, link_id=link.pk) for player in players])

    link.refresh_from_db()
    assert ended == {"done": 1, "LinkClosed": 11}
    assert (link.uses, link.used_by.count(), len(members_of(wolves))) == (1, 1, 2)


def test_joining_by_a_link_and_revoking_it_at_once_end_as_one_of_them(wolves, rafi, mim):
    link = make_link(wolves, max_uses=1)

    ended = at_once(lambda: accept_link(actor=mim, link_id=link.pk), lambda: revoke_link(actor=rafi, link_id=link.pk))

    link.refresh_from_db()
    assert ended["done"] >= 1
    assert ("mim" in members_of(wolves)) == (link.uses == 1)
    assert link.revoked_at is not None


def test_asking_twice_and_two_answers_at_once_end_as_one(wolves, rafi, mim):
    asked = at_once(*[lambda: ask_to_join(actor=mim, team_id=wolves.pk)] * 4)
    request = wolves.join_requests.get()

    answered = at_once(
        *[lambda: approve_request(actor=rafi, request_id=request.pk)] * 2,
        lambda: decline_request(actor=rafi, request_id=request.pk),
        lambda: withdraw_request(actor=mim, request_id=request.pk),
    )

    request.refresh_from_db()
    assert (asked, answered) == ({"done": 1, "Conflict": 3}, {"done": 1, "RequestClosed": 3})
    assert ("mim" in members_of(wolves)) == (request.status == "accepted")


def test_accepting_and_cancelling_at_once_end_as_one_of_them(wolves, rafi, mim):
    invite = make_invite(wolves, mim)

    ended = at_once(accepting(invite), lambda: cancel_invite(actor=rafi, invite_id=invite.pk))

    assert ended == {"done": 1, "InviteClosed": 1}
    invite.refresh_from_db()
    assert (invite.status == "accepted") == ("mim" in members_of(wolves))


def test_one_name_for_many_at_once_is_given_once(db):
    players = [make_user() for _ in range(6)]

    ended = at_once(
        *[
            lambda player=player: create_team(actor=player, name="Delta Force", tag="DF", game="cs2")
            for player in players
        ]
    )

    assert ended == {"done": 1, "Conflict": 5}
    assert Team.objects.filter(name_ci="delta force").count() == 1


def test_one_player_creating_two_teams_of_a_game_at_once_gets_one(mim):
    ended = at_once(
        *[
            lambda number=number: create_team(actor=mim, name=f"Team {number}", tag=f"T{number}", game="cs2")
            for number in range(10, 14)
        ]
    )

    assert ended == {"done": 1, "PlaysElsewhere": 3}


def test_one_player_creating_and_accepting_at_once_ends_in_one_team(wolves, mim):
    invite = make_invite(wolves, mim)

    ended = at_once(accepting(invite), lambda: create_team(actor=mim, name="Own Team", tag="OWN", game="valorant"))

    assert ended == {"done": 1, "PlaysElsewhere": 1}


def test_captain_and_co_captain_inviting_the_same_player_at_once_ask_once(wolves, rafi, mim):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")

    ended = at_once(
        *[lambda actor=actor: invite_player(actor=actor, team_id=wolves.pk, player=mim) for actor in (rafi, tanvir)]
    )

    assert ended == {"done": 1, "Conflict": 1}


def test_a_captain_leaving_while_the_heir_leaves_never_leaves_two_captains_or_none(wolves, rafi, mim):
    add_member(wolves, mim, "co_captain")
    third = make_user("third")
    add_member(wolves, third)

    at_once(
        lambda: leave_team(actor=rafi, team_id=wolves.pk),
        lambda: leave_team(actor=mim, team_id=wolves.pk),
    )

    wolves.refresh_from_db()
    assert members_of(wolves) == {"third"}
    assert TeamMembership.objects.active().get(team=wolves).role == "captain"
    assert wolves.captain == third.profile


def test_removing_and_leaving_at_once_ends_the_stay_once(wolves, rafi, mim):
    stay = add_member(wolves, mim)

    ended = at_once(
        lambda: leave_team(actor=mim, team_id=wolves.pk),
        lambda: remove_member(actor=rafi, team_id=wolves.pk, member_id=stay.pk),
    )

    assert ended["done"] == 1
    assert members_of(wolves) == {"rafi"}


def test_the_cleaner_eight_at_once_settles_each_row_once(wolves):
    from django.utils import timezone

    for _ in range(20):
        make_invite(wolves, make_user(), expires_at=timezone.now())
    counts = []

    at_once(*[lambda: counts.append(expire_overdue_invites())] * 8)

    assert sum(counts) == 20
    assert set(TeamInvite.objects.values_list("status", flat=True)) == {"expired"}


def test_many_offers_of_a_captaincy_at_once_leave_one(wolves, rafi):
    members = [add_member(wolves) for _ in range(5)]

    ended = at_once(
        *[
            lambda member=member: offer_captaincy(actor=rafi, team_id=wolves.pk, member_id=member.pk)
            for member in members
        ]
    )

    assert ended == {"done": 1, "Conflict": 4}
    assert wolves.transfers.filter(status="pending").count() == 1


def test_two_yeses_to_a_captaincy_and_its_withdrawal_end_as_one(wolves, rafi, mim):
    transfer = make_transfer(wolves, add_member(wolves, mim))

    ended = at_once(
        lambda: accept_captaincy(actor=mim, transfer_id=transfer.pk),
        lambda: accept_captaincy(actor=mim, transfer_id=transfer.pk),
        lambda: cancel_captaincy(actor=rafi, transfer_id=transfer.pk),
    )

    assert ended["done"] == 1
    wolves.refresh_from_db()
    transfer.refresh_from_db()
    captain = TeamMembership.objects.active().get(team=wolves, role="captain").profile
    assert captain == wolves.captain == (mim.profile if transfer.status == "accepted" else rafi.profile)


def test_bringing_back_and_accepting_for_the_last_seat_fill_it_once(wolves, rafi, mim):
    member = add_member(wolves, status="inactive", left_at=None)
    fill(wolves, 7)
    invite = make_invite(wolves, mim)

    ended = at_once(accepting(invite), lambda: bring_back(actor=rafi, team_id=wolves.pk, member_id=member.pk))

    assert ended == {"done": 1, "RosterFull": 1}
    assert len(members_of(wolves)) == 8


def test_a_name_given_up_at_this_moment_is_not_caught_by_a_new_team(wolves, rafi):
    """The new team's row waits for the rename; what holds the old name is seen only then."""
    players = [make_user() for _ in range(4)]

    ended = at_once(
        lambda: rename_team(actor=rafi, team_id=wolves.pk, name="Night Wolves", tag="NW"),
        *[
            lambda player=player: create_team(actor=player, name="Dhaka Wolves", tag="DW", game="cs2")
            for player in players
        ],
    )

    assert ended == {"done": 1, "Conflict": 4}
    assert not Team.objects.filter(name_ci="dhaka wolves").exists()


def test_two_renames_at_once_count_as_one(wolves, rafi):
    ended = at_once(
        *[
            lambda number=number: rename_team(actor=rafi, team_id=wolves.pk, name=f"Wolves {number}", tag=f"W{number}")
            for number in range(10, 14)
        ]
    )

    assert ended == {"done": 1, "Conflict": 3}
    assert wolves.past_names.count() == 1


def test_disbanding_settling_and_restoring_at_once_end_as_one_of_them(wolves, rafi):
    disband_team(actor=rafi, team_id=wolves.pk)

    ended = at_once(*[lambda: restore_team(actor=rafi, team_id=wolves.pk)] * 3, settle_disbanded_teams)

    assert ended == {"done": 2, "Conflict": 2}
    assert members_of(wolves) == {"rafi"}

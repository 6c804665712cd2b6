"""Leaving, removing, and what becomes of a team whose captain goes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import NotFound, PermissionRefused
from apps.teams.events import CaptainChanged, MemberLeft, TeamDisbanded
from apps.teams.models import Team, TeamMembership
from apps.teams.selectors.rosters import roster
from apps.teams.services.accounts import hand_over_captaincies, leave_everything
from apps.teams.services.rosters import leave_team, remove_member
from tests.teams.people import add_member, make_invite, make_team, make_user, members_of

pytestmark = pytest.mark.django_db


def captain_of(team):
    """As both places tell it: the column and the roster."""
    team.refresh_from_db()
    in_roster = TeamMembership.objects.active().get(team=team, role="captain").profile
    assert team.captain == in_roster
    return team.captain.user.username


# --- Leaving ----------------------------------------------------------------------------------------------------------


def test_leaving_frees_the_seat_and_keeps_the_stay_in_history(wolves, mim, recorded, published, enqueued):
    stay = add_member(wolves, mim)

    leave_team(actor=mim, team_id=wolves.pk)

    stay.refresh_from_db()
    assert (stay.status, stay.slot, stay.role) == ("inactive", None, "player")
    assert abs(stay.left_at - timezone.now()) < timedelta(minutes=1)
    assert recorded() == ["team.member_left"]
    assert published() == [MemberLeft(team_id=wolves.pk, profile_id=mim.profile.pk, reason="left")]
    assert enqueued() == [
        ("teams.send_roster_change_notification", {"team_id": wolves.pk, "change_type": "left", "user_id": mim.pk})
    ]


def test_who_is_not_in_the_team_can_not_leave_it(wolves, mim):
    with pytest.raises(PermissionRefused):
        leave_team(actor=mim, team_id=wolves.pk)


def test_the_longest_serving_co_captain_follows_the_captain(wolves, rafi, mim, published):
    add_member(wolves, make_user("oldest"), joined_at=timezone.now() - timedelta(days=300))
    add_member(wolves, make_user("younger"), "co_captain", joined_at=timezone.now() - timedelta(days=10))
    add_member(wolves, mim, "co_captain", joined_at=timezone.now() - timedelta(days=20))

    leave_team(actor=rafi, team_id=wolves.pk)

    assert captain_of(wolves) == "mim"
    assert members_of(wolves) == {"oldest", "younger", "mim"}
    assert published() == [
        MemberLeft(team_id=wolves.pk, profile_id=rafi.profile.pk, reason="left"),
        CaptainChanged(team_id=wolves.pk, old_profile_id=rafi.profile.pk, new_profile_id=mim.profile.pk),
    ]


def test_without_a_co_captain_the_longest_serving_member_follows(wolves, rafi, mim):
    add_member(wolves, make_user("newer"))
    add_member(wolves, mim, "substitute", joined_at=timezone.now() - timedelta(days=20))
    add_member(
        wolves, make_user("closed", is_active=False), "co_captain", joined_at=timezone.now() - timedelta(days=90)
    )

    leave_team(actor=rafi, team_id=wolves.pk)

    assert captain_of(wolves) == "mim"


def test_the_last_one_out_disbands_the_team(wolves, rafi, mim, published, recorded):
    invite = make_invite(wolves, mim)

    leave_team(actor=rafi, team_id=wolves.pk)

    wolves.refresh_from_db()
    invite.refresh_from_db()
    assert (wolves.is_active, invite.status) == (False, "cancelled")
    assert members_of(wolves) == set()
    assert published()[-1] == TeamDisbanded(team_id=wolves.pk)
    assert recorded() == ["team.member_left", "team.disbanded"]


def test_a_disbanded_team_keeps_its_name(wolves, rafi, mim):
    from apps.core.errors import Conflict
    from apps.teams.services.teams import create_team

    leave_team(actor=rafi, team_id=wolves.pk)

    with pytest.raises(Conflict, match="belongs to a team that disbanded"):
        create_team(actor=mim, name="dhaka wolves", tag="NEW", game="cs2")


# --- Removing ---------------------------------------------------------------------------------------------------------


def test_the_captain_removes_a_member_who_alone_is_told(wolves, rafi, mim, recorded, enqueued):
    member = add_member(wolves, mim)

    remove_member(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    assert members_of(wolves) == {"rafi"}
    assert recorded() == ["team.member_removed"]
    assert enqueued() == [
        ("teams.send_roster_change_notification", {"team_id": wolves.pk, "change_type": "removed", "user_id": mim.pk})
    ]


def test_a_member_is_removed_once(wolves, rafi, mim):
    member = add_member(wolves, mim)
    remove_member(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    with pytest.raises(NotFound, match="no longer in the team"):
        remove_member(actor=rafi, team_id=wolves.pk, member_id=member.pk)


def test_the_member_of_another_team_is_out_of_reach(wolves, rafi, mim):
    elsewhere = add_member(make_team(), mim)

    with pytest.raises(NotFound):
        remove_member(actor=rafi, team_id=wolves.pk, member_id=elsewhere.pk)
    elsewhere.refresh_from_db()
    assert elsewhere.status == "active"


@pytest.mark.parametrize("role", ["captain", "co_captain"])
def test_a_co_captain_removes_neither_captain_nor_co_captain(wolves, role):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")
    target = (
        TeamMembership.objects.get(team=wolves, role="captain") if role == "captain" else add_member(wolves, role=role)
    )

    with pytest.raises(PermissionRefused):
        remove_member(actor=tanvir, team_id=wolves.pk, member_id=target.pk)
    target.refresh_from_db()
    assert target.status == "active"


# --- When the account goes --------------------------------------------------------------------------------------------


def test_a_closed_account_hands_its_team_on_and_stays_a_member(wolves, rafi, mim):
    add_member(wolves, mim)

    hand_over_captaincies(rafi)

    assert captain_of(wolves) == "mim"
    assert members_of(wolves) == {"rafi", "mim"}


def test_a_closed_account_without_an_heir_keeps_its_team_until_it_is_deleted(wolves, rafi):
    hand_over_captaincies(rafi)
    assert captain_of(wolves) == "rafi"

    leave_everything(rafi)
    wolves.refresh_from_db()
    assert wolves.is_active is False


def test_a_deleted_account_leaves_every_team_and_every_open_invitation(wolves, rafi, mim):
    add_member(wolves, mim)
    second = make_team(captain=mim, game="cs2")
    add_member(second, rafi)
    invite = make_invite(make_team(game="dota2"), mim)

    leave_everything(mim)

    invite.refresh_from_db()
    assert (members_of(wolves), members_of(second), captain_of(second)) == ({"rafi"}, {"rafi"}, "rafi")
    assert invite.status == "cancelled"


# --- What the page shows ----------------------------------------------------------------------------------------------


def test_the_line_up_begins_with_the_captain_and_late_comers_sit_on_the_bench(wolves):
    days = iter(range(100, 0, -10))
    for name, role in [
        ("one", "player"),
        ("two", "player"),
        ("vice", "co_captain"),
        ("three", "player"),
        ("four", "player"),
    ]:
        add_member(wolves, make_user(name), role, joined_at=timezone.now() - timedelta(days=next(days)))
    add_member(wolves, make_user("sub"), "substitute")
    add_member(wolves, make_user("boss"), "manager")

    shown = roster(wolves)

    names = [[member.profile.user.username for member in part] for part in (shown.starters, shown.bench, shown.staff)]
    assert names == [["rafi", "vice", "one", "two", "three"], ["four", "sub"], ["boss"]]
    assert (shown.count, shown.free_seats, shown.open_starters) == (8, 0, 0)


def test_a_full_team_shows_no_open_place_even_when_starters_are_missing(wolves):
    for _ in range(7):
        add_member(wolves, role="substitute")

    shown = roster(wolves)

    assert (shown.open_starters, len(shown.open_places)) == (4, 0)


def test_there_is_exactly_one_captain_whatever_happened(wolves, rafi, mim):
    add_member(wolves, mim)
    leave_team(actor=rafi, team_id=wolves.pk)
    leave_team(actor=mim, team_id=wolves.pk)

    assert Team.objects.filter(is_active=True).count() == 0
    assert TeamMembership.objects.active().count() == 0

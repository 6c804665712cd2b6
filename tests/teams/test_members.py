"""What captains decide about one member: role, inactive and back, ban and its end."""

import pytest

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.notifications.models import Notification
from apps.teams import permissions
from apps.teams.errors import PlaysElsewhere, RosterFull
from apps.teams.events import MemberChanged, MemberLeft
from apps.teams.models import RosterChange, Team, TeamMembership
from apps.teams.services.accounts import leave_everything
from apps.teams.services.invites import accept_invite, invite_email, invite_player
from apps.teams.services.members import ban_member, bring_back, change_member, lift_ban, set_inactive
from apps.teams.services.rosters import leave_team, remove_member
from tests.teams.people import add_member, fill, make_invite, make_team, make_user, members_of

pytestmark = pytest.mark.django_db


def state(member):
    member.refresh_from_db()
    return member.role, member.in_game_role, member.status, member.slot, member.left_at is None


def kinds(team):
    return list(RosterChange.objects.filter(team=team).order_by("pk").values_list("kind", flat=True))


def heard():
    return [(row.recipient.username, row.type, row.title, row.body) for row in Notification.objects.order_by("pk")]


# --- Roles ------------------------------------------------------------------------------------------------------------


def test_the_captain_gives_a_role_and_a_place_in_the_game(wolves, rafi, mim, recorded, published, enqueued):
    member = add_member(wolves, mim)

    change_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, role="co_captain", in_game_role="Duelist")

    assert state(member) == ("co_captain", "Duelist", "active", 2, True)
    assert recorded() == ["team.member_changed"]
    event = AuditEvent.objects.get()
    assert event.old == {"profile": mim.profile.pk, "role": "player", "in_game_role": ""}
    assert event.new == {"profile": mim.profile.pk, "role": "co_captain", "in_game_role": "Duelist"}
    assert published() == [MemberChanged(team_id=wolves.pk, profile_id=mim.profile.pk, kind="changed")]
    assert enqueued() == [
        ("teams.send_roster_change_notification", {"team_id": wolves.pk, "change_type": "changed", "user_id": mim.pk})
    ]
    assert RosterChange.objects.latest("pk").role == "co_captain"


def test_the_same_again_leaves_no_trace(wolves, rafi, mim, recorded, published, enqueued):
    member = add_member(wolves, mim)

    change_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, role="player")

    assert (recorded(), published(), enqueued()) == ([], [], [])


@pytest.mark.parametrize("role", ["captain", "owner", ""])
def test_nobody_becomes_captain_or_something_unknown(wolves, rafi, mim, role):
    member = add_member(wolves, mim)

    with pytest.raises(DomainError):
        change_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, role=role)
    assert state(member)[0] == "player"


def test_the_captain_does_not_step_down_by_changing_a_role(wolves, rafi):
    own = wolves.memberships.get()

    with pytest.raises(PermissionRefused, match="hands the team over"):
        change_member(actor=rafi, team_id=wolves.pk, member_id=own.pk, role="player")
    change_member(actor=rafi, team_id=wolves.pk, member_id=own.pk, role="captain", in_game_role="IGL")

    assert state(own)[:2] == ("captain", "IGL")


def test_a_role_of_another_game_is_refused(wolves, rafi, mim):
    member = add_member(wolves, mim)

    with pytest.raises(DomainError, match="no role of this name"):
        change_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, role="player", in_game_role="Goalkeeper")


@pytest.mark.parametrize(("before", "after"), [("player", "co_captain"), ("co_captain", "player")])
def test_a_co_captain_neither_makes_nor_unmakes_one(wolves, before, after):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")
    member = add_member(wolves, role=before)

    with pytest.raises(PermissionRefused, match="Only the captain makes"):
        change_member(actor=tanvir, team_id=wolves.pk, member_id=member.pk, role=after)
    assert state(member)[0] == before


def test_a_co_captain_changes_the_others(wolves):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")
    member = add_member(wolves)

    change_member(actor=tanvir, team_id=wolves.pk, member_id=member.pk, role="coach")

    assert state(member)[0] == "coach"


# --- Inactive and back ------------------------------------------------------------------------------------------------


def test_an_inactive_member_frees_the_seat_and_still_sees_the_team(wolves, rafi, mim):
    member = add_member(wolves, mim)
    Team.objects.update(is_public=False)
    wolves.refresh_from_db()

    set_inactive(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    assert state(member) == ("player", "", "inactive", None, True)
    assert members_of(wolves) == {"rafi"}
    assert permissions.can_see(permissions.standing(mim, wolves))
    assert permissions.teams_seen_by(mim).filter(pk=wolves.pk).exists()


def test_an_inactive_co_captain_has_no_say(wolves, rafi, mim):
    member = add_member(wolves, mim, "co_captain")
    set_inactive(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    standing = permissions.standing(mim, wolves)

    assert not permissions.can_invite(standing)
    assert not permissions.can_manage_roster(standing)
    assert not permissions.can_edit(standing)
    assert not permissions.teams_invited_for_by(mim).exists()


def test_the_way_back_takes_the_lowest_free_seat(wolves, rafi, mim):
    member = add_member(wolves, mim)
    fill(wolves, 8)
    set_inactive(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    bring_back(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    assert state(member) == ("player", "", "active", 2, True)
    assert [kind for kind in kinds(wolves) if kind != "joined"] == ["inactive", "returned"]


def test_there_is_no_way_back_into_a_full_team(wolves, rafi, mim):
    member = add_member(wolves, mim, status="inactive", left_at=None)
    fill(wolves, 8)

    with pytest.raises(RosterFull):
        bring_back(actor=rafi, team_id=wolves.pk, member_id=member.pk)
    assert state(member)[2] == "inactive"


def test_who_plays_elsewhere_meanwhile_does_not_come_back(wolves, rafi, mim):
    member = add_member(wolves, mim, status="inactive", left_at=None)
    add_member(make_team(), mim)

    with pytest.raises(PlaysElsewhere):
        bring_back(actor=rafi, team_id=wolves.pk, member_id=member.pk)


def test_twice_is_refused_in_both_directions(wolves, rafi, mim):
    member = add_member(wolves, mim)
    with pytest.raises(Conflict):
        bring_back(actor=rafi, team_id=wolves.pk, member_id=member.pk)
    set_inactive(actor=rafi, team_id=wolves.pk, member_id=member.pk)
    with pytest.raises(Conflict):
        set_inactive(actor=rafi, team_id=wolves.pk, member_id=member.pk)


def test_an_inactive_member_is_not_invited_but_brought_back(wolves, rafi, mim):
    invite = make_invite(wolves, mim)
    add_member(wolves, mim, status="inactive", left_at=None)

    with pytest.raises(Conflict, match="inactive member"):
        accept_invite(actor=mim, invite_id=invite.pk)
    invite.delete()
    with pytest.raises(Conflict, match="bring them back"):
        invite_player(actor=rafi, team_id=wolves.pk, player=mim)
    with pytest.raises(Conflict, match="can't be invited"):
        invite_email(actor=rafi, team_id=wolves.pk, email=mim.email)


def test_an_inactive_member_leaves_or_is_removed(wolves, rafi, mim):
    first = add_member(wolves, mim, status="inactive", left_at=None)
    second = add_member(wolves, status="inactive", left_at=None)

    leave_team(actor=mim, team_id=wolves.pk)
    remove_member(actor=rafi, team_id=wolves.pk, member_id=second.pk)

    assert [state(member)[2:] for member in (first, second)] == [("inactive", None, False)] * 2


def test_a_deleted_account_leaves_where_it_was_inactive_too(wolves, mim):
    member = add_member(wolves, mim, status="inactive", left_at=None)

    leave_everything(mim)

    assert state(member)[4] is False


# --- Bans -------------------------------------------------------------------------------------------------------------


def test_a_ban_ends_the_stay_and_keeps_the_player_out(wolves, rafi, mim, published, recorded):
    member = add_member(wolves, mim)

    ban_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, reason="  Shared our scrim notes. ")

    assert state(member) == ("player", "", "banned", None, False)
    assert member.ban_reason == "Shared our scrim notes."
    assert recorded() == ["team.member_banned"]
    assert "scrim" not in str(AuditEvent.objects.values())
    assert MemberLeft(team_id=wolves.pk, profile_id=mim.profile.pk, reason="banned") in published()
    with pytest.raises(Conflict, match="is banned from"):
        invite_player(actor=rafi, team_id=wolves.pk, player=mim)


def test_a_lifted_ban_gives_no_seat_and_allows_an_invitation(wolves, rafi, mim):
    member = add_member(wolves, mim)
    ban_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, reason="Toxic")

    lift_ban(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    assert state(member) == ("player", "", "inactive", None, False)
    assert member.ban_reason == ""
    assert invite_player(actor=rafi, team_id=wolves.pk, player=mim).status == "pending"
    with pytest.raises(NotFound):
        lift_ban(actor=rafi, team_id=wolves.pk, member_id=member.pk)


@pytest.mark.parametrize("reason", ["", "  x ", "x" * 301])
def test_a_ban_needs_a_reason(wolves, rafi, mim, reason):
    member = add_member(wolves, mim)

    with pytest.raises(DomainError) as refusal:
        ban_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, reason=reason)
    assert refusal.value.field == "reason"
    assert state(member)[2] == "active"


@pytest.mark.parametrize("act", [set_inactive, lambda **who: ban_member(reason="Toxic", **who)])
@pytest.mark.parametrize("role", ["captain", "co_captain"])
def test_a_co_captain_takes_no_place_from_captain_or_co_captain(wolves, role, act):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")
    target = wolves.memberships.get(role="captain") if role == "captain" else add_member(wolves, role=role)

    with pytest.raises(PermissionRefused):
        act(actor=tanvir, team_id=wolves.pk, member_id=target.pk)
    assert state(target)[2] == "active"


def test_the_member_of_another_team_is_out_of_reach(wolves, rafi):
    elsewhere = add_member(make_team())

    for act in (set_inactive, bring_back, lift_ban):
        with pytest.raises(NotFound):
            act(actor=rafi, team_id=wolves.pk, member_id=elsewhere.pk)
    assert state(elsewhere)[2] == "active"


# --- Who hears of it --------------------------------------------------------------------------------------------------


def test_only_the_person_hears_each_time_once(wolves, rafi, mim, django_capture_on_commit_callbacks):
    member = add_member(wolves, mim)
    who = {"actor": rafi, "team_id": wolves.pk, "member_id": member.pk}
    with django_capture_on_commit_callbacks(execute=True):
        change_member(**who, role="coach")
        set_inactive(**who)
        bring_back(**who)
        ban_member(**who, reason="Sold the strat book")
    with django_capture_on_commit_callbacks(execute=True):
        lift_ban(**who)

    assert heard() == [
        ("mim", "teams.role_changed", "You are now coach in Dhaka Wolves", ""),
        (
            "mim",
            "teams.set_inactive",
            "You are inactive in Dhaka Wolves",
            "You still belong to the team, without a place on its roster. Its captains can bring you back.",
        ),
        ("mim", "teams.brought_back", "You are back on the roster of Dhaka Wolves", ""),
        ("mim", "teams.banned", "You are banned from Dhaka Wolves", "The captains say why: Sold the strat book"),
        ("mim", "teams.unbanned", "Dhaka Wolves lifted your ban", "You can be invited again."),
    ]


def test_a_captain_is_not_told_what_they_did_to_themselves(wolves, rafi, enqueued):
    own = TeamMembership.objects.get(team=wolves)

    change_member(actor=rafi, team_id=wolves.pk, member_id=own.pk, role="captain", in_game_role="IGL")

    assert enqueued() == []

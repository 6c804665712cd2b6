"""What a captain decides: how people join, and what members may do."""

import pytest
from django.urls import reverse

from apps.core.errors import DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.teams.models import MemberFlag, Team, TeamMembership
from apps.teams.services.members import ban_member, change_member, set_inactive
from apps.teams.services.rosters import remove_member
from apps.teams.services.settings import change_join_settings, open_to_members
from apps.teams.services.sponsorship import propose_sponsor
from tests.teams.people import add_member, make_user
from tests.teams.sponsoring import make_sponsor, today

pytestmark = pytest.mark.django_db
ALL_FLAGS = {f"members_can_{flag.value}": True for flag in MemberFlag}


@pytest.fixture
def trusted(wolves, mim):
    """A player in a team that has opened everything to its members."""
    Team.objects.filter(pk=wolves.pk).update(**ALL_FLAGS)
    return add_member(wolves, mim)


def opened(team):
    team.refresh_from_db()
    return {flag.value for flag in MemberFlag if team.opens(flag)}


def test_the_captain_switches_each_flag_and_it_is_recorded_once(wolves, rafi):
    open_to_members(actor=rafi, team_id=wolves.pk, opened={"manage_chat", "view_stats"})
    open_to_members(actor=rafi, team_id=wolves.pk, opened={"manage_chat", "view_stats"})

    assert opened(wolves) == {"manage_chat", "view_stats"}
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id) == ("team.permissions_changed", str(wolves.pk))
    assert (event.old, event.new) == ({"members_can_manage_chat": False}, {"members_can_manage_chat": True})


def test_nobody_else_opens_anything(wolves, trusted):
    co_captain = add_member(wolves, role="co_captain").profile.user
    for actor in (co_captain, trusted.profile.user):
        with pytest.raises(PermissionRefused, match="Only the captain decides"):
            open_to_members(actor=actor, team_id=wolves.pk, opened=set())
    assert opened(wolves) == set(MemberFlag.values)


def test_an_unknown_flag_is_refused(wolves, rafi):
    with pytest.raises(DomainError, match="nothing called disband"):
        open_to_members(actor=rafi, team_id=wolves.pk, opened={"disband"})
    assert opened(wolves) == {"view_stats"}


def test_settings_are_the_captains_and_of_members_with_the_flag(wolves, rafi, mim):
    asked = {
        "accepts_join_requests": False,
        "join_message_required": True,
        "auto_accept_join_requests": False,
        "join_question": "  What hours\tdo you play? ",
    }
    co_captain = add_member(wolves, role="co_captain").profile.user
    with pytest.raises(PermissionRefused):
        change_join_settings(actor=co_captain, team_id=wolves.pk, **asked)
    change_join_settings(actor=rafi, team_id=wolves.pk, **asked)

    wolves.refresh_from_db()
    assert (wolves.accepts_join_requests, wolves.join_question) == (False, "What hours do you play?")
    assert AuditEvent.objects.get().new == {
        "accepts_join_requests": False,
        "join_message_required": True,
        "join_question": "What hours do you play?",
    }
    add_member(wolves, mim)
    Team.objects.filter(pk=wolves.pk).update(members_can_change_settings=True)
    change_join_settings(actor=mim, team_id=wolves.pk, **asked | {"accepts_join_requests": True})
    wolves.refresh_from_db()
    assert wolves.accepts_join_requests is True


def test_a_long_question_is_refused(wolves, rafi):
    with pytest.raises(DomainError) as refusal:
        change_join_settings(
            actor=rafi,
            team_id=wolves.pk,
            accepts_join_requests=True,
            join_message_required=False,
            auto_accept_join_requests=False,
            join_question="x" * 121,
        )
    assert refusal.value.field == "join_question"


# --- What trust does not reach ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["co_captain", "manager", "coach", "captain"])
def test_nobody_raises_themselves(wolves, trusted, role):
    with pytest.raises(PermissionRefused):
        change_member(actor=trusted.profile.user, team_id=wolves.pk, member_id=trusted.pk, role=role)
    trusted.refresh_from_db()
    assert trusted.role == "player"


def test_a_trusted_member_keeps_the_own_place_in_the_game(wolves, trusted):
    change_member(
        actor=trusted.profile.user, team_id=wolves.pk, member_id=trusted.pk, role="player", in_game_role="Duelist"
    )
    trusted.refresh_from_db()
    assert trusted.in_game_role == "Duelist"


def test_a_trusted_member_makes_and_unmakes_no_co_captain(wolves, trusted):
    other, co_captain = add_member(wolves), add_member(wolves, role="co_captain")
    for member, role in ((other, "co_captain"), (co_captain, "player")):
        with pytest.raises(PermissionRefused, match="Only the captain makes and unmakes"):
            change_member(actor=trusted.profile.user, team_id=wolves.pk, member_id=member.pk, role=role)
    assert set(TeamMembership.objects.filter(team=wolves).values_list("role", flat=True)) == {
        "captain",
        "co_captain",
        "player",
    }


@pytest.mark.parametrize("role", ["captain", "co_captain"])
@pytest.mark.parametrize("act", [remove_member, set_inactive, ban_member])
def test_a_trusted_member_touches_no_captain(wolves, trusted, role, act):
    if role == "co_captain":
        add_member(wolves, role="co_captain")
    member = wolves.memberships.get(role=role)
    more = {"reason": "Because"} if act is ban_member else {}
    with pytest.raises(PermissionRefused):
        act(actor=trusted.profile.user, team_id=wolves.pk, member_id=member.pk, **more)
    member.refresh_from_db()
    assert member.status == "active"


def test_a_member_with_finances_sees_the_figures_and_proposes_nothing(client, wolves, trusted):
    sponsor = make_sponsor(wolves, "Tea Stall")
    client.force_login(trusted.profile.user)

    page = client.get(reverse("teams:sponsors", args=["dhaka-wolves"])).content.decode()

    assert "Tea Stall" in page
    assert 'id="propose"' not in page
    assert reverse("teams:cancel_sponsor", args=["dhaka-wolves", sponsor.pk]) not in page
    with pytest.raises(PermissionRefused):
        propose_sponsor(
            actor=trusted.profile.user,
            team_id=wolves.pk,
            name="Shop",
            tier=4,
            url="https://shop.example/",
            starts_on=today(),
            ends_on=today(9),
        )


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_on_and_saves_what_is_ticked(client, wolves, rafi):
    client.force_login(rafi)
    page = client.get(reverse("teams:team_settings", args=["dhaka-wolves"]))
    shown = page.context["flags_form"]
    assert {field.name for field in shown if field.value()} == {"view_stats"}
    assert all(field.help_text for field in shown)

    answer = client.post(reverse("teams:member_flags", args=["dhaka-wolves"]), {"manage_invites": "on"})

    assert answer["Location"] == reverse("teams:team_settings", args=["dhaka-wolves"])
    assert opened(wolves) == {"manage_invites"}


def test_a_member_with_settings_sees_no_flags(client, wolves, trusted):
    client.force_login(trusted.profile.user)
    page = client.get(reverse("teams:team_settings", args=["dhaka-wolves"]))
    assert (page.status_code, page.context["flags_form"]) == (200, None)


def test_a_wrong_question_stays_in_the_form(client, wolves, rafi):
    client.force_login(rafi)
    answer = client.post(
        reverse("teams:join_settings", args=["dhaka-wolves"]),
        {"join_question": "x" * 121, "accepts_join_requests": "on"},
    )
    assert answer.status_code == 422
    assert "x" * 121 in answer.content.decode()
    wolves.refresh_from_db()
    assert wolves.join_question == ""


def test_a_stranger_learns_nothing_of_the_settings(client, wolves):
    client.force_login(make_user())
    assert client.get(reverse("teams:team_settings", args=["dhaka-wolves"])).status_code == 403

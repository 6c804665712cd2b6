"""What a captain opens to ordinary members, and what stays closed."""

import pytest
from django.urls import reverse

from apps.teams import permissions
from apps.teams.models import MemberFlag, Team, TeamMembership
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db
Role = TeamMembership.Role
CAPTAINS_OWN = {MemberFlag.CHANGE_SETTINGS, MemberFlag.VIEW_FINANCES}


@pytest.fixture
def team():
    return make_team("Dhaka Wolves", members_can_view_stats=False)


def allowed(user, team):
    standing = permissions.standing(user, Team.objects.get(pk=team.pk))
    return {flag for flag in MemberFlag if standing.has_flag(flag)}


def test_each_flag_has_its_column():
    columns = {field.name for field in Team._meta.get_fields() if field.name.startswith("members_can_")}
    assert columns == {f"members_can_{flag.value}" for flag in MemberFlag}
    assert len(MemberFlag) == 10


def test_captain_may_all_and_co_captain_all_but_settings_and_finances(team):
    assert allowed(team.captain.user, team) == set(MemberFlag)
    assert allowed(add_member(team, role=Role.CO_CAPTAIN).profile.user, team) == set(MemberFlag) - CAPTAINS_OWN


@pytest.mark.parametrize("role", [Role.MANAGER, Role.COACH, Role.PLAYER, Role.SUBSTITUTE])
def test_an_ordinary_member_may_what_is_open(team, role):
    member = add_member(team, role=role).profile.user
    assert allowed(member, team) == set()
    for flag in MemberFlag:
        Team.objects.filter(pk=team.pk).update(**{f"members_can_{flag.value}": True})
        assert allowed(member, team) == {flag}
        Team.objects.filter(pk=team.pk).update(**{f"members_can_{flag.value}": False})


def test_what_is_open_to_members_is_open_to_co_captains(team):
    Team.objects.filter(pk=team.pk).update(members_can_view_finances=True)
    co_captain = add_member(team, role=Role.CO_CAPTAIN).profile.user
    assert MemberFlag.VIEW_FINANCES in allowed(co_captain, team)


def test_without_a_seat_nothing_is_open(team):
    Team.objects.filter(pk=team.pk).update(**{f"members_can_{flag.value}": True for flag in MemberFlag})
    inactive = add_member(team, role=Role.PLAYER, status=TeamMembership.Status.INACTIVE, slot=None)
    assert allowed(inactive.profile.user, team) == set()
    assert allowed(make_user("stranger"), team) == set()


def test_a_member_trusted_with_the_roster_sees_that_part_of_the_manage_page(team, client):
    Team.objects.filter(pk=team.pk).update(members_can_manage_roster=True)
    other = add_member(team, role=Role.SUBSTITUTE)
    client.force_login(add_member(team, role=Role.PLAYER).profile.user)
    answer = client.get(reverse("teams:manage", args=[team.slug]))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert reverse("teams:member", args=[team.slug, other.pk]) in page
    assert 'id="invite-player"' not in page
    assert "Open invitations" not in page

"""``Team.member_count`` is kept by the database, whatever changes a membership."""

import pytest
from django.db.models import Count, Q
from django.utils import timezone

from apps.teams.models import Team, TeamMembership
from apps.teams.services import disbanding, members, rosters
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db
Status = TeamMembership.Status


def counted():
    """Every team's column beside what it should be."""
    active = Count("memberships", filter=Q(memberships__status="active"))
    return list(Team.objects.annotate(true=active).order_by("pk").values_list("member_count", "true"))


def test_joining_leaving_and_coming_back_are_counted(wolves, rafi):
    one, two = add_member(wolves), add_member(wolves)
    assert counted() == [(3, 3)]
    members.set_inactive(actor=rafi, team_id=wolves.pk, member_id=one.pk)
    assert counted() == [(2, 2)]
    members.bring_back(actor=rafi, team_id=wolves.pk, member_id=one.pk)
    members.ban_member(actor=rafi, team_id=wolves.pk, member_id=two.pk, reason="Threw a chair")
    assert counted() == [(2, 2)]
    rosters.leave_team(actor=rafi, team_id=wolves.pk)
    assert counted() == [(1, 1)]


def test_disbanding_counts_nobody_and_restoring_everybody(wolves, rafi):
    add_member(wolves)
    disbanding.disband_team(actor=rafi, team_id=wolves.pk)
    assert counted() == [(0, 0)]
    disbanding.restore_team(actor=rafi, team_id=wolves.pk)
    assert counted() == [(2, 2)]


def test_statements_over_many_rows_and_teams_are_counted(wolves):
    other = make_team()
    moved = [add_member(team) for team in (wolves, wolves, other)]
    TeamMembership.objects.filter(pk__in=[member.pk for member in moved]).update(
        status=Status.INACTIVE, slot=None, left_at=timezone.now()
    )
    assert counted() == [(1, 1), (1, 1)]
    # Only a membership without history may be deleted.
    fresh = make_team()
    for slot, user in enumerate((make_user(), make_user()), 2):
        TeamMembership.objects.create(team=fresh, profile=user.profile, game=fresh.game, slot=slot)
    assert counted() == [(1, 1), (1, 1), (3, 3)]
    TeamMembership.objects.filter(team=fresh, slot__gt=1).delete()
    assert counted() == [(1, 1), (1, 1), (1, 1)]


def test_a_change_of_role_counts_nothing(wolves):
    member = add_member(wolves)
    TeamMembership.objects.filter(pk=member.pk).update(role="coach")
    assert counted() == [(2, 2)]

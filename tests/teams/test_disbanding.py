"""The end of a team: hidden at once, undone within thirty days, final after."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.notifications.models import Notification
from apps.teams.errors import PlaysElsewhere
from apps.teams.events import TeamDisbanded, TeamRestored
from apps.teams.models import Team, TeamMembership
from apps.teams.services.disbanding import disband_team, restore_team, settle_disbanded_teams
from apps.teams.services.rosters import leave_team
from apps.teams.services.teams import create_team
from apps.teams.tasks import settle_disbanded_teams as the_task
from deltacrown.celery import app
from tests.teams.people import add_member, make_invite, make_team, make_transfer, make_user, members_of

pytestmark = pytest.mark.django_db


def disband(team, actor):
    disband_team(actor=actor, team_id=team.pk)
    team.refresh_from_db()


def days_pass(days):
    when = timezone.now() - timedelta(days=days)
    TeamMembership.objects.filter(left_at__isnull=False).update(left_at=when)
    Team.objects.filter(is_active=False).update(disbanded_at=when)


def test_a_disbanded_team_is_gone_for_everyone(client, wolves, rafi, mim, published, recorded):
    add_member(wolves, mim)
    invite = make_invite(wolves, make_user())
    transfer = make_transfer(wolves, wolves.memberships.get(profile=mim.profile))

    disband(wolves, rafi)

    invite.refresh_from_db()
    transfer.refresh_from_db()
    assert (wolves.is_active, members_of(wolves), invite.status, transfer.status) == (
        False,
        set(),
        "cancelled",
        "cancelled",
    )
    assert published() == [TeamDisbanded(team_id=wolves.pk)]
    assert recorded() == ["team.captaincy_cancelled", "team.disbanded"]
    client.force_login(mim)
    assert client.get("/teams/dhaka-wolves/").status_code == 404


def test_only_the_captain_disbands(wolves, mim):
    add_member(wolves, mim, "co_captain")

    with pytest.raises(PermissionRefused):
        disband_team(actor=mim, team_id=wolves.pk)
    assert members_of(wolves) == {"rafi", "mim"}


def test_a_restored_team_is_as_it_was(wolves, rafi, mim, published):
    sakib, resting, left = make_user("sakib"), make_user("resting"), make_user("left")
    add_member(wolves, mim, "co_captain", in_game_role="Duelist")
    add_member(wolves, sakib)
    add_member(wolves, resting, status="inactive", left_at=None)
    add_member(wolves, left)
    leave_team(actor=left, team_id=wolves.pk)
    disband(wolves, rafi)
    # sakib finds another team meanwhile
    add_member(make_team(), sakib)

    restore_team(actor=rafi, team_id=wolves.pk)

    wolves.refresh_from_db()
    assert (wolves.is_active, wolves.disbanded_at) == (True, None)
    now = TeamMembership.objects.current().filter(team=wolves).order_by("pk")
    assert list(now.values_list("profile__user__username", "role", "in_game_role", "status")) == [
        ("rafi", "captain", "", "active"),
        ("mim", "co_captain", "Duelist", "active"),
        ("resting", "player", "", "inactive"),
    ]
    assert published()[-1] == TeamRestored(team_id=wolves.pk)


def test_the_last_one_who_left_restores_the_team_too(wolves, rafi):
    leave_team(actor=rafi, team_id=wolves.pk)

    restore_team(actor=rafi, team_id=wolves.pk)

    assert members_of(wolves) == {"rafi"}


def test_staff_restore_and_strangers_do_not_even_learn_of_it(client, wolves, rafi, mim):
    disband(wolves, rafi)

    with pytest.raises(NotFound):
        restore_team(actor=mim, team_id=wolves.pk)
    client.force_login(mim)
    assert client.get("/teams/dhaka-wolves/restore/").status_code == 404
    restore_team(actor=make_user("boss", is_superuser=True), team_id=wolves.pk)
    assert members_of(wolves) == {"rafi"}


def test_a_captain_who_plays_elsewhere_restores_nothing(wolves, rafi):
    disband(wolves, rafi)
    add_member(make_team(), rafi)

    with pytest.raises(PlaysElsewhere):
        restore_team(actor=rafi, team_id=wolves.pk)
    wolves.refresh_from_db()
    assert wolves.is_active is False


def test_a_closed_account_does_not_become_captain_again(wolves, rafi):
    disband(wolves, rafi)
    rafi.is_active = False
    rafi.save()

    with pytest.raises(Conflict, match="account of its captain is closed"):
        restore_team(actor=make_user("boss", is_superuser=True), team_id=wolves.pk)


def test_after_thirty_days_there_is_no_way_back_with_or_without_the_task(wolves, rafi):
    disband(wolves, rafi)
    days_pass(30)

    with pytest.raises(Conflict, match="within 30 days"):
        restore_team(actor=rafi, team_id=wolves.pk)
    settle_disbanded_teams()
    with pytest.raises(Conflict, match="within 30 days"):
        restore_team(actor=rafi, team_id=wolves.pk)


def test_a_team_that_was_not_disbanded_is_not_restored(wolves, rafi):
    with pytest.raises(Conflict, match="not disbanded"):
        restore_team(actor=rafi, team_id=wolves.pk)


def test_the_task_settles_what_is_over_once_and_frees_the_name(wolves, rafi, mim, recorded):
    Team.objects.filter(pk=wolves.pk).update(description="Words", tagline="More words")
    fresh = make_team("Fresh End")
    disband(wolves, rafi)
    days_pass(31)
    disband(fresh, fresh.captain.user)
    with pytest.raises(Conflict, match="belongs to a team that disbanded"):
        create_team(actor=mim, name="Dhaka Wolves", tag="DW", game="cs2")
    recorded().clear()

    assert the_task() == {"status": "success", "settled_count": 1}
    assert the_task() == {"status": "success", "settled_count": 0}

    wolves.refresh_from_db()
    fresh.refresh_from_db()
    assert (wolves.description, wolves.tagline, bool(wolves.settled_at), fresh.settled_at) == ("", "", True, None)
    assert recorded() == ["team.settled"]
    assert create_team(actor=mim, name="Dhaka Wolves", tag="DW", game="cs2").slug == "dhaka-wolves-2"


def test_members_and_captain_hear_each_what_concerns_them(wolves, rafi, mim, django_capture_on_commit_callbacks):
    add_member(wolves, mim)
    with django_capture_on_commit_callbacks(execute=True):
        disband(wolves, rafi)

    assert list(Notification.objects.order_by("pk").values_list("recipient__username", "type", "url")) == [
        ("mim", "teams.disbanded", "/teams/"),
        ("rafi", "teams.restorable", "/teams/dhaka-wolves/restore/"),
    ]


def test_the_pages_disband_by_the_tag_and_restore(client, wolves, rafi):
    client.force_login(rafi)
    slip = client.post("/teams/dhaka-wolves/disband/", {"tag": "DX"})
    assert (slip.status_code, members_of(wolves)) == (422, {"rafi"})
    assert client.post("/teams/dhaka-wolves/disband/", {"tag": "dw"})["Location"] == "/teams/dhaka-wolves/restore/"
    assert "Restore team" in client.get("/teams/dhaka-wolves/restore/").content.decode()
    assert client.post("/teams/dhaka-wolves/restore/")["Location"] == "/teams/dhaka-wolves/"
    assert members_of(wolves) == {"rafi"}


def test_the_task_is_on_the_schedule():
    assert app.conf.beat_schedule["settle-disbanded-teams"]["task"] == "teams.settle_disbanded_teams"

"""What staff do, what demo data and data exports hold, and what teams show on the pages of others."""

import pytest
from django.urls import reverse

from apps.core import slots
from apps.core.errors import PermissionRefused
from apps.core.models import AuditEvent
from apps.teams.demo import joining as demo_joining
from apps.teams.demo import teams as demo
from apps.teams.models import PastName, Team, TeamInvite, TeamInviteLink, TeamJoinRequest, TeamMembership
from apps.teams.personal_data import personal_data
from apps.teams.selectors import joining
from apps.teams.services.disbanding import disband_team
from apps.teams.services.staff import set_flags
from deltacrown.celery import app
from tests.teams.people import add_member, make_invite, make_link, make_request, make_team, make_transfer, make_user

pytestmark = pytest.mark.django_db


def test_staff_verify_and_each_team_is_recorded_once(wolves, recorded):
    boss = make_user("boss", is_superuser=True)
    other = make_team(is_verified=True)

    assert set_flags(actor=boss, team_ids=[wolves.pk, other.pk], is_verified=True) == 1
    assert set_flags(actor=boss, team_ids=[wolves.pk, other.pk], is_verified=True) == 0

    event = AuditEvent.objects.get(action="team.flags_set")
    assert (event.target_id, event.old, event.new) == (str(wolves.pk), {"is_verified": False}, {"is_verified": True})


def test_nobody_else_verifies(wolves, rafi):
    with pytest.raises(PermissionRefused):
        set_flags(actor=rafi, team_ids=[wolves.pk], is_verified=True)
    wolves.refresh_from_db()
    assert wolves.is_verified is False
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "model",
    [
        "team",
        "teammembership",
        "teaminvite",
        "teaminvitelink",
        "teamjoinrequest",
        "rosterchange",
        "captaintransfer",
        "pastname",
    ],
)
def test_the_admin_lists_and_shows(client, settings, wolves, mim, model):
    settings.ADMIN_REQUIRE_MFA = False
    invite, link = make_invite(wolves, mim), make_link(wolves)
    client.force_login(make_user("boss", is_superuser=True, is_staff=True))
    row = {
        "teaminvitelink": link,
        "teamjoinrequest": make_request(wolves),
        "team": wolves,
        "teammembership": wolves.memberships.get(),
        "teaminvite": invite,
        "rosterchange": wolves.roster_changes.get(),
        "captaintransfer": make_transfer(wolves, wolves.memberships.get()),
        "pastname": PastName.objects.create(team=wolves, name="Wolves", tag="WLV", slug="wolves"),
    }[model]

    assert client.get(reverse(f"admin:teams_{model}_changelist"), {"q": "wolves"}).status_code == 200
    page = client.get(reverse(f"admin:teams_{model}_change", args=[row.pk]))

    assert page.status_code == 200
    assert str(invite.token) not in page.content.decode()
    assert str(link.token) not in page.content.decode()
    assert client.get(reverse(f"admin:teams_{model}_add")).status_code == 403


def test_an_action_of_the_admin_goes_through_the_service(client, settings, wolves):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(make_user("boss", is_superuser=True, is_staff=True))

    client.post(reverse("admin:teams_team_changelist"), {"action": "verify", "_selected_action": [wolves.pk]})

    wolves.refresh_from_db()
    assert wolves.is_verified is True
    assert AuditEvent.objects.filter(action="team.flags_set").count() == 1


def test_staff_restore_a_team_in_the_admin(client, settings, wolves, rafi):
    settings.ADMIN_REQUIRE_MFA = False
    disband_team(actor=rafi, team_id=wolves.pk)
    client.force_login(make_user("boss", is_superuser=True, is_staff=True))

    client.post(reverse("admin:teams_team_changelist"), {"action": "restore", "_selected_action": [wolves.pk]})

    wolves.refresh_from_db()
    assert wolves.is_active is True


def test_the_demo_is_the_same_every_time_and_loads_once(django_capture_on_commit_callbacks):
    for load in slots.fillings("demo"):
        load()
        if load is demo.load:
            break
    first = sorted(TeamMembership.objects.values_list("team__slug", "profile__user__username", "role", "slot"))

    assert demo.load() == f"0 teams made, {len(demo.TEAMS)} there"
    again = sorted(TeamMembership.objects.values_list("team__slug", "profile__user__username", "role", "slot"))

    assert again == first
    assert Team.objects.count() == len(demo.TEAMS) == 14
    assert len({team.game for team in demo.TEAMS}) == 9
    assert TeamInvite.objects.filter(status="pending").count() == len(demo.INVITED)


def test_an_export_holds_memberships_and_invitations_and_nobody_elses(wolves, rafi, mim):
    add_member(wolves, mim, "substitute")
    make_invite(wolves, email="new@example.test")
    make_invite(make_team("Ravens"), mim)

    of_mim, of_rafi = personal_data(mim), personal_data(rafi)

    assert [row["team_name"] for row in of_mim["team_memberships"]] == ["Dhaka Wolves"]
    assert [row["team_name"] for row in of_mim["team_invites_received"]] == ["Ravens"]
    assert of_mim["team_invites_sent"] == []
    assert [row["email"] for row in of_rafi["team_invites_sent"]] == ["new@example.test"]


def test_an_export_holds_links_and_requests(wolves, rafi, mim):
    make_link(wolves)
    make_request(wolves, mim, message="Hello")

    of_mim, of_rafi = joining.personal_data(mim), joining.personal_data(rafi)

    assert [row["message"] for row in of_mim["team_join_requests"]] == ["Hello"]
    assert [row["team_name"] for row in of_rafi["team_invite_links_made"]] == ["Dhaka Wolves"]
    assert (of_rafi["team_join_requests"], of_mim["team_invite_links_made"]) == ([], [])


def test_staff_revoke_a_link_in_the_admin(client, settings, wolves):
    settings.ADMIN_REQUIRE_MFA = False
    link = make_link(wolves)
    client.force_login(make_user("boss", is_superuser=True, is_staff=True))

    client.post(reverse("admin:teams_teaminvitelink_changelist"), {"action": "revoke", "_selected_action": [link.pk]})

    link.refresh_from_db()
    assert link.state == "revoked"


def test_the_demo_asks_and_shares(django_capture_on_commit_callbacks):
    for load in slots.fillings("demo"):
        load()
        if load is demo_joining.load:
            break
    before = (TeamJoinRequest.objects.count(), TeamInviteLink.objects.count())

    assert demo_joining.load() == "0 join requests made"
    assert (TeamJoinRequest.objects.count(), TeamInviteLink.objects.count()) == before
    assert before[0] >= 2
    assert before[1] == 1


def test_a_players_page_shows_the_teams_its_viewer_may_see(client, wolves, mim):
    add_member(wolves, mim)
    add_member(make_team("Secret Squad", game="cs2", is_public=False), mim)

    of_visitor = client.get("/u/mim/").content.decode()
    client.force_login(mim)
    of_mim = client.get("/u/mim/").content.decode()

    assert ("Dhaka Wolves" in of_visitor, "Secret Squad" in of_visitor) == (True, False)
    assert ("Dhaka Wolves" in of_mim, "Secret Squad" in of_mim) == (True, True)


def test_the_cleaner_is_on_the_schedule_of_the_operations_manual():
    entry = app.conf.beat_schedule["clean-expired-invites"]

    assert entry["task"] == "teams.clean_expired_invites"
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({0, 6, 12, 18}, {0})

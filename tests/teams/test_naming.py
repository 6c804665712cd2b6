"""Another name: once in thirty days, the old address leads on, the old name is held."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.notifications.models import Notification
from apps.teams.models import PastName, Team
from apps.teams.services.naming import rename_team
from apps.teams.services.teams import create_team
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db


def rename(team, actor, name="Night Wolves", tag="NW"):
    return rename_team(actor=actor, team_id=team.pk, name=name, tag=tag)


def called(team):
    team.refresh_from_db()
    return team.name, team.tag, team.slug


def days_pass(days):
    PastName.objects.update(given_up_at=timezone.now() - timedelta(days=days))


def test_a_new_name_is_recorded_with_the_old_one(wolves, rafi, enqueued):
    rename(wolves, rafi)

    assert called(wolves) == ("Night Wolves", "NW", "night-wolves")
    past = PastName.objects.get()
    assert (past.name, past.tag, past.slug, past.renamed_by) == ("Dhaka Wolves", "DW", "dhaka-wolves", rafi)
    event = AuditEvent.objects.get(action="team.renamed")
    assert event.old == {"name": "Dhaka Wolves", "tag": "DW", "slug": "dhaka-wolves"}
    assert event.new == {"name": "Night Wolves", "tag": "NW", "slug": "night-wolves"}
    assert enqueued() == [("teams.send_rename_notification", {"past_name_id": past.pk})]


def test_the_same_name_is_no_change(wolves, rafi, recorded):
    rename(wolves, rafi, "Dhaka Wolves", "DW")

    assert (recorded(), PastName.objects.count()) == ([], 0)


def test_letters_may_change_their_case(wolves, rafi):
    rename(wolves, rafi, "dhaka wolves", "dw")

    assert called(wolves) == ("dhaka wolves", "dw", "dhaka-wolves")


def test_the_second_change_waits_thirty_days(wolves, rafi):
    rename(wolves, rafi)
    with pytest.raises(Conflict, match="You can do it again on"):
        rename(wolves, rafi, "Day Wolves", "DAY")
    assert called(wolves)[0] == "Night Wolves"

    days_pass(31)
    rename(wolves, rafi, "Day Wolves", "DAY")
    assert called(wolves)[0] == "Day Wolves"


def test_staff_need_not_wait(wolves, rafi):
    rename(wolves, rafi)

    rename(wolves, make_user("boss", is_superuser=True), "Day Wolves", "DAY")

    assert called(wolves)[0] == "Day Wolves"


def test_a_co_captain_does_not_rename(wolves):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")

    with pytest.raises(PermissionRefused):
        rename(wolves, tanvir)
    assert called(wolves)[0] == "Dhaka Wolves"


@pytest.mark.parametrize(
    ("name", "tag", "field"),
    [("X", "NW", "name"), ("Night Wolves", "N-W", "tag"), ("ravens", "NW", "name"), ("Night Wolves", "rvn", "tag")],
)
def test_what_is_wrong_or_taken_changes_nothing(wolves, rafi, name, tag, field):
    make_team("Ravens", tag="RVN")

    with pytest.raises(DomainError) as refusal:
        rename(wolves, rafi, name, tag)
    assert refusal.value.field == field
    assert (called(wolves), PastName.objects.count()) == (("Dhaka Wolves", "DW", "dhaka-wolves"), 0)


@pytest.mark.parametrize(("name", "tag", "field"), [("DHAKA WOLVES", "NEW", "name"), ("Newcomers", "dw", "tag")])
def test_nobody_else_gets_the_old_name_for_thirty_days(wolves, rafi, mim, name, tag, field):
    rename(wolves, rafi)

    with pytest.raises(Conflict) as refusal:
        create_team(actor=mim, name=name, tag=tag, game="cs2")
    assert refusal.value.field == field
    with pytest.raises(Conflict):
        rename(make_team(captain=mim), mim, name, tag)
    days_pass(31)
    assert create_team(actor=mim, name=name, tag=tag, game="cs2").slug != "dhaka-wolves"


def test_a_team_takes_its_own_name_back(wolves, rafi):
    rename(wolves, rafi)
    days_pass(31)

    rename(wolves, rafi, "Dhaka Wolves", "DW")

    assert called(wolves) == ("Dhaka Wolves", "DW", "dhaka-wolves")


def test_old_addresses_lead_on_from_name_to_name(client, wolves, rafi):
    rename(wolves, rafi)
    days_pass(31)
    rename(wolves, rafi, "Day Wolves", "DAY")

    for old in ("dhaka-wolves", "night-wolves"):
        assert client.get(f"/teams/{old}/")["Location"] == "/teams/day-wolves/"
        assert client.get(f"/teams/{old}/history/")["Location"] == "/teams/day-wolves/history/"
        assert client.get(f"/api/v1/teams/{old}/").json()["slug"] == "day-wolves"
    client.force_login(rafi)
    assert client.get("/teams/dhaka-wolves/manage/").status_code == 200


def test_an_old_address_does_not_betray_a_private_team(client, wolves, rafi):
    rename(wolves, rafi)
    Team.objects.update(is_public=False)

    assert client.get("/teams/dhaka-wolves/").status_code == 404


def test_the_members_hear_of_it_and_the_captain_knows(wolves, rafi, mim, django_capture_on_commit_callbacks):
    add_member(wolves, mim)
    with django_capture_on_commit_callbacks(execute=True):
        rename(wolves, rafi)

    assert list(Notification.objects.values_list("recipient__username", "title")) == [
        ("mim", "Dhaka Wolves [DW] is now Night Wolves [NW]")
    ]


def test_the_page_renames(client, wolves, rafi):
    client.force_login(rafi)
    taken = client.post("/teams/dhaka-wolves/rename/", {"name": "Night Wolves", "tag": "?"})
    done = client.post("/teams/dhaka-wolves/rename/", {"name": "Night Wolves", "tag": "NW"})

    assert (taken.status_code, done.status_code, done["Location"]) == (422, 302, "/teams/night-wolves/")

"""What the database itself refuses, whatever code forgets."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.constraints import broken_constraint, refusing
from apps.core.errors import Conflict
from apps.teams.models import RosterChange, Team, TeamInvite, TeamMembership
from tests.teams.people import add_member, fill, make_invite, make_team, make_transfer, make_user

pytestmark = pytest.mark.django_db


def refused_by(write):
    """Run ``write`` and return the name of the constraint that refused it."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    return broken_constraint(error.value)


def team(**fields):
    fields = {"name": "A", "tag": "AA", "slug": "a", "game": "valorant", "captain": make_user().profile} | fields
    return Team.objects.create(**fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"name": "DHAKA wolves"}, "teams_team_name_ci"),
        ({"tag": "dw"}, "teams_team_tag_ci"),
        ({"slug": "dhaka-wolves"}, "teams_team_slug_key"),
        ({"tag": "D W"}, "teams_team_tag_pattern"),
        ({"tag": "D"}, "teams_team_tag_pattern"),
    ],
)
def test_a_team_is_unique_and_well_formed(wolves, fields, constraint):
    assert refused_by(lambda: team(**fields)) == constraint


def test_a_team_has_one_active_captain(wolves):
    assert refused_by(lambda: add_member(wolves, role="captain")) == "teams_membership_one_captain"


def test_a_player_is_active_in_one_team_per_game(wolves, mim):
    add_member(make_team(), mim)
    assert refused_by(lambda: add_member(wolves, mim)) == "teams_membership_one_team_per_game"


def test_a_banned_player_is_not_active_beside_it(wolves, mim):
    add_member(wolves, mim, status="banned")
    assert refused_by(lambda: add_member(wolves, mim)) == "teams_membership_once_per_team"


def test_a_ninth_seat_does_not_exist(wolves, mim):
    fill(wolves, 8)
    assert refused_by(lambda: add_member(wolves, mim)) == "teams_membership_active_has_slot"


@pytest.mark.parametrize("slot", [0, 9, None])
def test_an_active_member_has_a_seat_from_one_to_eight(wolves, mim, slot):
    def write():
        TeamMembership.objects.create(team=wolves, profile=mim.profile, game="valorant", slot=slot)

    assert refused_by(write) == "teams_membership_active_has_slot"


def test_a_seat_is_taken_once(wolves, mim):
    def write():
        TeamMembership.objects.create(team=wolves, profile=mim.profile, game="valorant", slot=1)

    assert refused_by(write) == "teams_membership_slot_taken_once"


def test_who_left_has_no_seat_and_a_date(wolves, mim):
    stay = add_member(wolves, mim)
    rows = TeamMembership.objects.filter(pk=stay.pk)

    assert refused_by(lambda: rows.update(status="inactive")) == "teams_membership_active_has_slot"
    assert refused_by(lambda: rows.update(left_at=timezone.now())) == "teams_membership_left_at_fits_status"
    assert refused_by(lambda: rows.update(status="banned", slot=None)) == "teams_membership_left_at_fits_status"


def test_an_inactive_member_has_no_second_membership_of_the_team(wolves, mim):
    add_member(wolves, mim, status="inactive", left_at=None)

    assert refused_by(lambda: add_member(wolves, mim)) == "teams_membership_one_stay"


def test_a_team_has_one_open_offer_of_its_captaincy(wolves):
    make_transfer(wolves, add_member(wolves), status="declined")
    make_transfer(wolves, add_member(wolves))

    assert refused_by(lambda: make_transfer(wolves, add_member(wolves))) == "teams_transfer_one_pending_per_team"


def test_the_history_of_a_roster_is_not_rewritten(wolves):
    changes = RosterChange.objects.filter(team=wolves)

    for write in (lambda: changes.update(role="coach"), changes.delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            write()
    assert changes.get().role == "captain"


@pytest.mark.parametrize(("field", "constraint"), [("role", "role_known"), ("status", "status_known")])
def test_roles_and_states_are_known_ones(wolves, mim, field, constraint):
    rows = TeamMembership.objects.filter(pk=add_member(wolves, mim, status="inactive").pk)
    invites = TeamInvite.objects.filter(pk=make_invite(wolves, mim).pk)

    assert refused_by(lambda: rows.update(**{field: "king"})) == f"teams_membership_{constraint}"
    assert refused_by(lambda: invites.update(**{field: "king"})) == f"teams_invite_{constraint}"


def test_an_invite_goes_to_a_user_or_an_address(wolves, mim):
    assert refused_by(lambda: make_invite(wolves, mim, email="a@b.test")) == "teams_invite_user_or_email"
    assert refused_by(lambda: make_invite(wolves)) == "teams_invite_user_or_email"


def test_one_pending_invite_per_team_and_invitee(wolves, mim):
    make_invite(wolves, mim)
    make_invite(wolves, email="new@example.test")

    assert refused_by(lambda: make_invite(wolves, mim)) == "teams_invite_one_pending_per_user"
    assert refused_by(lambda: make_invite(wolves, email="NEW@example.test")) == "teams_invite_one_pending_per_email"
    make_invite(make_team(), mim)
    make_invite(wolves, make_user())


def test_a_captain_is_not_deleted_under_a_team(wolves, rafi):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        rafi.profile.delete()


def test_a_named_constraint_becomes_its_sentence_and_the_transaction_goes_on(wolves, mim):
    with pytest.raises(Conflict, match="taken"), refusing({"teams_team_tag_ci": lambda: Conflict("taken")}):
        team(tag="dw")
    assert Team.objects.count() == 1


def test_an_unnamed_constraint_stays_an_error(wolves):
    with pytest.raises(IntegrityError), refusing({"teams_team_tag_ci": lambda: Conflict("taken")}):
        team(name="dhaka wolves")


def test_the_indexes_of_the_operations_manual_bear_its_names(db):
    from django.db import connection

    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "teams_team")
    named = ("idx_team_game", "idx_team_captain", "idx_team_created_at")
    assert {name: found[name]["columns"] for name in named} == {
        "idx_team_game": ["game"],
        "idx_team_captain": ["captain_id"],
        "idx_team_created_at": ["created_at"],
    }
    on_captain = [name for name, facts in found.items() if facts["columns"] == ["captain_id"] and facts["index"]]
    assert on_captain == ["idx_team_captain"]

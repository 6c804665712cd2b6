"""Handing a team over: asked by the captain, answered by the member, never half done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.notifications.models import Notification
from apps.teams.errors import TransferClosed
from apps.teams.events import CaptainChanged
from apps.teams.models import CaptainTransfer, TeamMembership
from apps.teams.services.accounts import hand_over_captaincies
from apps.teams.services.captaincy import accept_captaincy
from apps.teams.services.members import ban_member, set_inactive
from apps.teams.services.rosters import leave_team, remove_member
from apps.teams.services.transfers import cancel_captaincy, decline_captaincy, offer_captaincy
from tests.teams.people import add_member, make_transfer, make_user

pytestmark = pytest.mark.django_db


def roles(team):
    team.refresh_from_db()
    found = dict(TeamMembership.objects.active().filter(team=team).values_list("profile__user__username", "role"))
    assert found[team.captain.user.username] == "captain"
    return found


def test_nothing_changes_until_the_member_accepts(wolves, rafi, mim, recorded, enqueued):
    member = add_member(wolves, mim)

    transfer = offer_captaincy(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    assert roles(wolves) == {"rafi": "captain", "mim": "player"}
    assert (transfer.status, transfer.captain, transfer.successor) == ("pending", rafi.profile, mim.profile)
    assert recorded() == ["team.captaincy_offered"]
    assert enqueued() == [("teams.send_transfer_notification", {"transfer_id": transfer.pk})]


def test_who_accepts_is_captain_and_the_old_one_co_captain(wolves, rafi, mim, recorded, published):
    transfer = make_transfer(wolves, add_member(wolves, mim))

    accept_captaincy(actor=mim, transfer_id=transfer.pk)

    transfer.refresh_from_db()
    assert roles(wolves) == {"rafi": "co_captain", "mim": "captain"}
    assert transfer.status == "accepted"
    assert recorded() == ["team.captaincy_accepted", "team.captain_changed"]
    assert published() == [
        CaptainChanged(team_id=wolves.pk, old_profile_id=rafi.profile.pk, new_profile_id=mim.profile.pk)
    ]


def test_a_no_and_a_withdrawal_leave_everything_as_it_was(wolves, rafi, mim):
    member = add_member(wolves, mim)
    decline_captaincy(actor=mim, transfer_id=make_transfer(wolves, member).pk)
    cancel_captaincy(actor=rafi, transfer_id=make_transfer(wolves, member).pk)

    assert roles(wolves) == {"rafi": "captain", "mim": "player"}
    assert list(CaptainTransfer.objects.order_by("pk").values_list("status", flat=True)) == ["declined", "cancelled"]


@pytest.mark.parametrize("status", ["accepted", "declined", "cancelled", "expired", "too late"])
def test_what_is_settled_or_too_late_changes_nothing(wolves, rafi, mim, status):
    late = {"expires_at": timezone.now()} if status == "too late" else {"status": status}
    transfer = make_transfer(wolves, add_member(wolves, mim), **late)

    for answer, actor in ((accept_captaincy, mim), (decline_captaincy, mim), (cancel_captaincy, rafi)):
        with pytest.raises(TransferClosed):
            answer(actor=actor, transfer_id=transfer.pk)
    assert roles(wolves) == {"rafi": "captain", "mim": "player"}


def test_one_offer_at_a_time(wolves, rafi, mim):
    make_transfer(wolves, add_member(wolves, mim))
    other = add_member(wolves)

    with pytest.raises(Conflict, match="Another offer is open"):
        offer_captaincy(actor=rafi, team_id=wolves.pk, member_id=other.pk)
    assert CaptainTransfer.objects.get().successor == mim.profile


def test_an_offer_that_ran_out_makes_room_for_the_next(wolves, rafi, mim):
    make_transfer(wolves, add_member(wolves), expires_at=timezone.now() - timedelta(days=1))

    offer_captaincy(actor=rafi, team_id=wolves.pk, member_id=add_member(wolves, mim).pk)

    assert list(CaptainTransfer.objects.order_by("pk").values_list("status", flat=True)) == ["expired", "pending"]


def test_only_the_captain_offers_and_only_the_asked_member_answers(wolves, rafi, mim):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")
    transfer = make_transfer(wolves, add_member(wolves, mim))

    with pytest.raises(PermissionRefused):
        offer_captaincy(actor=tanvir, team_id=wolves.pk, member_id=add_member(wolves).pk)
    for actor in (tanvir, rafi, make_user("boss", is_superuser=True)):
        with pytest.raises(PermissionRefused):
            accept_captaincy(actor=actor, transfer_id=transfer.pk)
    with pytest.raises(PermissionRefused):
        cancel_captaincy(actor=mim, transfer_id=transfer.pk)
    assert roles(wolves)["rafi"] == "captain"


@pytest.mark.parametrize("fields", [{"status": "inactive", "left_at": None}, {}])
def test_a_captaincy_goes_to_someone_who_is_there(wolves, rafi, fields):
    gone = make_user("gone", is_active=bool(fields))

    with pytest.raises(Conflict, match="not active"):
        offer_captaincy(actor=rafi, team_id=wolves.pk, member_id=add_member(wolves, gone, **fields).pk)
    with pytest.raises(Conflict, match="captain already"):
        offer_captaincy(actor=rafi, team_id=wolves.pk, member_id=wolves.memberships.get(role="captain").pk)


def test_no_offer_outlives_the_place_of_who_was_asked(wolves, rafi, mim):
    who = {"actor": rafi, "team_id": wolves.pk}
    ends = (
        lambda member: leave_team(actor=member.profile.user, team_id=wolves.pk),
        lambda member: remove_member(**who, member_id=member.pk),
        lambda member: set_inactive(**who, member_id=member.pk),
        lambda member: ban_member(**who, member_id=member.pk, reason="Toxic"),
    )
    for end in ends:
        member = add_member(wolves)
        transfer = make_transfer(wolves, member)
        end(member)
        transfer.refresh_from_db()
        assert transfer.status == "cancelled"


@pytest.mark.parametrize("goes", [lambda captain, team: leave_team(actor=captain, team_id=team.pk), None])
def test_no_offer_outlives_the_captain_who_made_it(wolves, rafi, mim, goes):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")
    transfer = make_transfer(wolves, add_member(wolves, mim))

    goes(rafi, wolves) if goes else hand_over_captaincies(rafi)

    transfer.refresh_from_db()
    assert transfer.status == "cancelled"
    assert roles(wolves)["tanvir"] == "captain"
    with pytest.raises(TransferClosed):
        accept_captaincy(actor=mim, transfer_id=transfer.pk)


def test_member_and_captain_hear_of_question_and_answer(wolves, rafi, mim, django_capture_on_commit_callbacks):
    member = add_member(wolves, mim)
    with django_capture_on_commit_callbacks(execute=True):
        transfer = offer_captaincy(actor=rafi, team_id=wolves.pk, member_id=member.pk)
    with django_capture_on_commit_callbacks(execute=True):
        decline_captaincy(actor=mim, transfer_id=transfer.pk)
    with django_capture_on_commit_callbacks(execute=True):
        again = offer_captaincy(actor=rafi, team_id=wolves.pk, member_id=member.pk)
        cancel_captaincy(actor=rafi, transfer_id=again.pk)

    heard = Notification.objects.order_by("pk").values_list("recipient__username", "title", "url")
    assert list(heard) == [
        ("mim", "rafi wants you as captain of Dhaka Wolves", "/teams/dhaka-wolves/captaincy/"),
        ("rafi", "mim does not want to become captain of Dhaka Wolves", "/teams/dhaka-wolves/manage/"),
    ]


def test_an_offer_of_a_private_team_is_not_known_outside(wolves, rafi, mim):
    transfer = make_transfer(wolves, add_member(wolves, mim))
    wolves.is_public = False
    wolves.save()

    with pytest.raises(NotFound):
        accept_captaincy(actor=make_user(), transfer_id=transfer.pk)


def test_the_page_asks_and_the_button_answers(client, wolves, rafi, mim):
    member = add_member(wolves, mim)
    client.force_login(rafi)
    client.post(f"/teams/dhaka-wolves/manage/members/{member.pk}/captaincy/")
    assert "Take the offer back" in client.get("/teams/dhaka-wolves/captaincy/").content.decode()
    client.force_login(mim)
    assert "Become captain" in client.get("/teams/dhaka-wolves/captaincy/").content.decode()
    client.post("/teams/dhaka-wolves/captaincy/accept/")

    assert roles(wolves) == {"rafi": "co_captain", "mim": "captain"}

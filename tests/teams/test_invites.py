"""Asking players into a team, and their answers."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.teams.errors import EmailNotVerified, InviteClosed, NotYourInvite, PlaysElsewhere, RosterFull
from apps.teams.events import InviteSent, InviteSettled, MemberJoined
from apps.teams.models import TeamInvite, TeamMembership
from apps.teams.selectors.invitations import my_invitations, suggestions
from apps.teams.services.invites import (
    accept_invite,
    cancel_invite,
    decline_invite,
    expire_overdue_invites,
    invite_email,
    invite_player,
)
from apps.teams.services.rosters import leave_team
from tests.teams.people import add_member, fill, make_invite, make_team, make_user, members_of

pytestmark = pytest.mark.django_db


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_an_invite_lasts_seven_days(wolves, rafi, mim):
    invite = invite_player(actor=rafi, team_id=wolves.pk, player=mim, role="substitute")

    assert (invite.team, invite.invitee, invite.email, invite.role) == (wolves, mim, "", "substitute")
    assert (invite.status, invite.invited_by) == ("pending", rafi)
    assert abs(invite.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)


def test_sending_is_recorded_and_told(wolves, rafi, mim, recorded, published, enqueued):
    invite = invite_player(actor=rafi, team_id=wolves.pk, player=mim)

    assert recorded() == ["team.invite_sent"]
    assert published() == [InviteSent(team_id=wolves.pk, invite_id=invite.pk)]
    assert enqueued() == [("teams.send_invite_notification", {"invite_id": invite.pk})]


def test_a_co_captain_invites_but_not_another_co_captain(wolves, mim):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")

    invite_player(actor=tanvir, team_id=wolves.pk, player=mim)
    with pytest.raises(PermissionRefused, match="Only the captain can invite a co-captain"):
        invite_player(actor=tanvir, team_id=wolves.pk, player=make_user(), role="co_captain")
    assert TeamInvite.objects.count() == 1


def test_nobody_is_invited_as_captain(wolves, rafi, mim):
    with pytest.raises(DomainError) as refusal:
        invite_player(actor=rafi, team_id=wolves.pk, player=mim, role="captain")
    assert refusal.value.field == "role"
    assert not TeamInvite.objects.exists()


def test_nobody_invites_themselves(wolves, rafi):
    with pytest.raises(Conflict, match="can't invite yourself"):
        invite_player(actor=rafi, team_id=wolves.pk, player=rafi)
    with pytest.raises(Conflict, match="can't invite yourself"):
        invite_email(actor=rafi, team_id=wolves.pk, email="RAFI@example.test")
    assert not TeamInvite.objects.exists()


@pytest.mark.parametrize(("status", "words"), [("active", "is already in"), ("banned", "is banned from")])
def test_members_and_banned_players_can_not_be_invited(wolves, rafi, mim, status, words):
    add_member(wolves, mim, status=status)

    with pytest.raises(Conflict, match=f"mim {words} Dhaka Wolves"):
        invite_player(actor=rafi, team_id=wolves.pk, player=mim)
    with pytest.raises(Conflict, match="can't be invited to Dhaka Wolves"):
        invite_email(actor=rafi, team_id=wolves.pk, email="MIM@example.test")
    assert not TeamInvite.objects.exists()


def test_who_left_can_be_invited_again(wolves, rafi, mim):
    add_member(wolves, mim, status="inactive")

    assert invite_player(actor=rafi, team_id=wolves.pk, player=mim).status == "pending"


def test_one_open_invitation_per_player_and_address(wolves, rafi, mim):
    invite_player(actor=rafi, team_id=wolves.pk, player=mim)
    invite_email(actor=rafi, team_id=wolves.pk, email="new@example.test")

    with pytest.raises(Conflict) as by_name:
        invite_player(actor=rafi, team_id=wolves.pk, player=mim)
    with pytest.raises(Conflict) as by_email:
        invite_email(actor=rafi, team_id=wolves.pk, email="NEW@example.test")
    assert (by_name.value.field, by_name.value.message) == ("player", "mim already has an open invitation.")
    assert (by_email.value.field, by_email.value.message) == ("email", "This address already has an open invitation.")
    assert TeamInvite.objects.count() == 2


def test_an_overdue_invitation_does_not_stand_in_the_way_of_a_new_one(wolves, rafi, mim):
    old = make_invite(wolves, mim, expires_at=timezone.now())

    new = invite_player(actor=rafi, team_id=wolves.pk, player=mim)

    old.refresh_from_db()
    assert (old.status, new.status) == ("expired", "pending")


def test_thirty_open_invitations_are_enough(wolves, rafi, mim):
    for _ in range(30):
        make_invite(wolves, make_user())

    with pytest.raises(Conflict, match="30 invitations are open"):
        invite_player(actor=rafi, team_id=wolves.pk, player=mim)
    assert TeamInvite.objects.count() == 30


def test_one_address_is_not_flooded_by_many_teams(db):
    from apps.core.errors import RateLimited

    for _ in range(5):
        team = make_team()
        invite_email(actor=team.captain.user, team_id=team.pk, email="fan@example.test")
    sixth = make_team()
    with pytest.raises(RateLimited):
        invite_email(actor=sixth.captain.user, team_id=sixth.pk, email="FAN@example.test")
    assert TeamInvite.objects.count() == 5


def test_a_disbanded_team_asks_nobody(wolves, rafi, mim):
    wolves.is_active = False
    wolves.save()

    with pytest.raises(NotFound):
        invite_player(actor=rafi, team_id=wolves.pk, player=mim)


def test_a_closed_account_is_not_asked(wolves, rafi):
    with pytest.raises(NotFound):
        invite_player(actor=rafi, team_id=wolves.pk, player=make_user("gone", is_active=False))


# --- Accepting --------------------------------------------------------------------------------------------------------


def test_accepting_takes_the_lowest_free_seat(wolves, rafi, mim):
    second = add_member(wolves)
    add_member(wolves)
    leave_team(actor=second.profile.user, team_id=wolves.pk)
    invite = make_invite(wolves, mim, role="substitute")

    member = accept_invite(actor=mim, invite_id=invite.pk, in_game_role="Duelist")

    invite.refresh_from_db()
    assert (member.slot, member.role, member.in_game_role, member.status) == (2, "substitute", "Duelist", "active")
    assert (invite.status, invite.answered_by) == ("accepted", mim)


def test_accepting_is_recorded_and_told(wolves, mim, recorded, published, enqueued):
    invite = make_invite(wolves, mim)

    accept_invite(actor=mim, invite_id=invite.pk)

    assert recorded() == ["team.member_joined", "team.invite_accepted"]
    assert published() == [
        MemberJoined(team_id=wolves.pk, profile_id=mim.profile.pk, role="player"),
        InviteSettled(team_id=wolves.pk, invite_id=invite.pk, status="accepted"),
    ]
    assert enqueued() == [
        ("teams.send_invite_answer_notification", {"invite_id": invite.pk}),
        (
            "teams.send_roster_change_notification",
            {"team_id": wolves.pk, "change_type": "joined", "user_id": mim.pk},
        ),
    ]


def test_an_expired_invitation_is_closed_before_the_cleaner_ran(wolves, mim):
    invite = make_invite(wolves, mim, expires_at=timezone.now())

    with pytest.raises(InviteClosed, match="ran out"):
        accept_invite(actor=mim, invite_id=invite.pk)
    assert "mim" not in members_of(wolves)


@pytest.mark.parametrize(
    ("status", "words"), [("accepted", "accepted already"), ("declined", "declined"), ("cancelled", "withdrew")]
)
@pytest.mark.parametrize("answer", [accept_invite, decline_invite])
def test_a_settled_invitation_stays_settled(wolves, mim, status, words, answer):
    invite = make_invite(wolves, mim, status=status)

    with pytest.raises(InviteClosed, match=words):
        answer(actor=mim, invite_id=invite.pk)
    invite.refresh_from_db()
    assert invite.status == status
    assert members_of(wolves) == {"rafi"}


def test_a_disbanded_team_can_not_be_joined(wolves, mim):
    invite = make_invite(wolves, mim)
    wolves.is_active = False
    wolves.save()

    with pytest.raises(InviteClosed, match="has disbanded"):
        accept_invite(actor=mim, invite_id=invite.pk)


def test_a_full_team_can_not_be_joined(wolves, mim):
    fill(wolves, 8)
    invite = make_invite(wolves, mim)

    with pytest.raises(RosterFull, match="Dhaka Wolves is full"):
        accept_invite(actor=mim, invite_id=invite.pk)
    invite.refresh_from_db()
    assert invite.status == "pending"
    assert len(members_of(wolves)) == 8


def test_a_player_of_another_team_leaves_that_one_first(wolves, mim):
    add_member(make_team("Rangpur Ravens"), mim)
    invite = make_invite(wolves, mim)

    with pytest.raises(PlaysElsewhere, match="already plays Valorant for Rangpur Ravens"):
        accept_invite(actor=mim, invite_id=invite.pk)
    invite.refresh_from_db()
    assert invite.status == "pending"
    assert "mim" not in members_of(wolves)


def test_someone_banned_since_can_not_join(wolves, mim):
    invite = make_invite(wolves, mim)
    add_member(wolves, mim, status="banned")

    with pytest.raises(Conflict, match="is banned from"):
        accept_invite(actor=mim, invite_id=invite.pk)


# --- Who may answer ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [accept_invite, decline_invite])
def test_the_link_alone_does_not_let_anyone_else_answer(wolves, rafi, mim, answer):
    invite = make_invite(wolves, make_user())

    for stranger in (mim, rafi):
        with pytest.raises(NotYourInvite):
            answer(actor=stranger, invite_id=invite.pk)
    invite.refresh_from_db()
    assert invite.status == "pending"
    assert members_of(wolves) == {"rafi"}


def test_not_even_a_superuser_answers_for_others(wolves, mim):
    boss = make_user("boss", is_superuser=True)

    with pytest.raises(NotYourInvite):
        accept_invite(actor=boss, invite_id=make_invite(wolves, mim).pk)


def test_an_email_invitation_belongs_to_the_proven_owner_of_the_address(wolves):
    invite = make_invite(wolves, email="Jerin@Example.test")
    jerin = make_user("jerin", verified=False)

    with pytest.raises(EmailNotVerified):
        accept_invite(actor=jerin, invite_id=invite.pk)
    with pytest.raises(NotYourInvite):
        accept_invite(actor=make_user(), invite_id=invite.pk)
    EmailAddress.objects.filter(user=jerin).update(verified=True)
    accept_invite(actor=jerin, invite_id=invite.pk)

    assert members_of(wolves) == {"rafi", "jerin"}


def test_a_second_address_counts_once_it_is_proved(wolves, mim):
    invite = make_invite(wolves, email="other@example.test")
    EmailAddress.objects.create(user=mim, email="other@example.test", verified=True)

    accept_invite(actor=mim, invite_id=invite.pk)

    assert "mim" in members_of(wolves)


def test_accepting_settles_the_second_invitation_of_the_same_person(wolves, mim):
    by_name = make_invite(wolves, mim)
    by_email = make_invite(wolves, email="mim@example.test")

    accept_invite(actor=mim, invite_id=by_email.pk)

    by_name.refresh_from_db()
    assert by_name.status == "cancelled"


def test_my_invitations_are_the_open_ones_to_me_and_my_proven_addresses(wolves, mim):
    by_name = make_invite(wolves, mim)
    by_email = make_invite(make_team(), email="MIM@example.test")
    make_invite(make_team(), mim, expires_at=timezone.now())
    make_invite(make_team(), mim, status="declined")
    make_invite(make_team(is_active=False), mim)
    make_invite(make_team(), email="unproved@example.test")
    EmailAddress.objects.create(user=mim, email="unproved@example.test", verified=False)

    assert set(my_invitations(mim)) == {by_name, by_email}


# --- Declining, cancelling, running out -------------------------------------------------------------------------------


def test_declining_leaves_the_roster_alone(wolves, mim, enqueued):
    invite = make_invite(wolves, mim)

    decline_invite(actor=mim, invite_id=invite.pk)

    invite.refresh_from_db()
    assert (invite.status, invite.answered_by) == ("declined", mim)
    assert members_of(wolves) == {"rafi"}
    assert enqueued() == [("teams.send_invite_answer_notification", {"invite_id": invite.pk})]


def test_the_captain_cancels_and_nobody_is_told(wolves, rafi, mim, enqueued):
    invite = make_invite(wolves, mim)

    cancel_invite(actor=rafi, invite_id=invite.pk)

    invite.refresh_from_db()
    assert (invite.status, invite.answered_by) == ("cancelled", None)
    assert enqueued() == []


def test_the_cleaner_settles_what_is_overdue_and_nothing_else(wolves, mim):
    overdue = make_invite(wolves, mim, expires_at=timezone.now() - timedelta(seconds=1))
    fresh = make_invite(wolves, make_user(), expires_at=timezone.now() + timedelta(minutes=1))
    declined = make_invite(wolves, make_user(), status="declined", expires_at=timezone.now() - timedelta(days=1))

    assert (expire_overdue_invites(), expire_overdue_invites()) == (1, 0)

    statuses = dict(TeamInvite.objects.values_list("pk", "status"))
    assert statuses == {overdue.pk: "expired", fresh.pk: "pending", declined.pk: "declined"}


# --- Whom to ask ------------------------------------------------------------------------------------------------------


def test_suggestions_find_by_name_and_username_and_leave_out_who_can_not_be_asked(wolves):
    found = make_user("fahim")
    found.profile.display_name = "Fahim Islam"
    found.profile.save()
    inside = make_user("islamabad")
    add_member(wolves, inside)
    make_invite(wolves, make_user("islam_asked"))
    make_user("islam_closed", is_active=False)
    hidden = make_user("islamhidden")
    hidden.profile.is_private = True
    hidden.profile.save()

    assert [profile.user.username for profile in suggestions(wolves, "islam")] == ["fahim"]
    assert [profile.user.username for profile in suggestions(wolves, "@islamhidden")] == ["islamhidden"]
    assert list(suggestions(wolves, "i")) == []


def test_membership_rows_stay_when_someone_comes_back(wolves, rafi, mim):
    add_member(wolves, mim, status="inactive")

    accept_invite(actor=mim, invite_id=make_invite(wolves, mim).pk)

    assert TeamMembership.objects.filter(team=wolves, profile=mim.profile).count() == 2

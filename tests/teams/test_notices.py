"""Who hears of what: in the bell, by mail, once."""

from contextlib import nullcontext

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from apps.accounts.events import AccountDeactivated, EmailVerified
from apps.core import events
from apps.core.jobs.registry import loaded_app
from apps.notifications.models import Notification
from apps.teams.models import TeamInvite
from apps.teams.reactions import on_account_deactivated, on_email_verified
from apps.teams.services.invites import accept_invite, decline_invite, invite_email, invite_player
from apps.teams.services.rosters import leave_team, remove_member
from apps.teams.tasks import (
    clean_expired_invites,
    send_invite_answer_notification,
    send_invite_notification,
    send_roster_change_notification,
)
from tests.teams.people import add_member, make_invite, make_user

pytestmark = pytest.mark.django_db


# A mail leaves outside of any transaction, so these tests really commit.
really_committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(request, django_capture_on_commit_callbacks):
    """``with committed():`` does what happens after commit: jobs run, events are told."""
    if request.node.get_closest_marker("django_db").kwargs.get("transaction"):
        return nullcontext
    return lambda: django_capture_on_commit_callbacks(execute=True)


def heard():
    """(who, what) of every notification but coins', oldest first; an address without an account is its own name."""
    return [
        (row.recipient.username if row.recipient_id else row.address, row.type.removeprefix("teams."), row.title)
        for row in Notification.objects.select_related("recipient").exclude(type="economy.coins_in").order_by("pk")
    ]


@really_committed
def test_an_invited_player_hears_in_the_bell_and_by_mail(wolves, rafi, mim, committed):
    with committed():
        invite = invite_player(actor=rafi, team_id=wolves.pk, player=mim)

    assert heard() == [("mim", "team_invite", "rafi invites you to Dhaka Wolves")]
    assert Notification.objects.get().url == invite.get_absolute_url()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["mim@example.test"], "rafi invites you to Dhaka Wolves")
    ]
    assert str(invite.token) in mail.outbox[0].body


@really_committed
def test_an_address_without_an_account_gets_a_mail_only(wolves, rafi, committed):
    with committed():
        invite = invite_email(actor=rafi, team_id=wolves.pk, email="new@example.test")

    assert heard() == [("new@example.test", "team_invite", "rafi invites you to Dhaka Wolves")]
    assert [message.to for message in mail.outbox] == [["new@example.test"]]
    assert str(invite.token) in mail.outbox[0].body


@really_committed
def test_the_proven_owner_of_the_address_hears_in_the_bell_too(wolves, rafi, mim, committed):
    with committed():
        invite_email(actor=rafi, team_id=wolves.pk, email="mim@example.test")

    assert heard() == [("mim", "team_invite", "rafi invites you to Dhaka Wolves")]
    assert [message.to for message in mail.outbox] == [["mim@example.test"]]


@really_committed
def test_whoever_only_claims_the_address_hears_nothing_until_it_is_proved(wolves, rafi, committed):
    late = make_user("late", verified=False)
    with committed():
        invite_email(actor=rafi, team_id=wolves.pk, email="late@example.test")
    assert [who for who, *_ in heard()] == ["late@example.test"]

    EmailAddress.objects.filter(user=late).update(verified=True)
    on_email_verified(EmailVerified(user_id=late.pk))
    on_email_verified(EmailVerified(user_id=late.pk))

    assert [what for who, what, _ in heard() if who == "late"] == ["invite_waiting"]
    assert len(mail.outbox) == 1


def test_an_answer_is_told_to_captain_and_inviter_and_a_join_to_the_others(wolves, mim, committed):
    tanvir = make_user("tanvir")
    add_member(wolves, tanvir, "co_captain")
    add_member(wolves, make_user("sakib"))
    invite = make_invite(wolves, mim, invited_by=tanvir)

    with committed():
        accept_invite(actor=mim, invite_id=invite.pk)

    assert sorted(heard()) == [
        ("rafi", "invite_accepted", "mim joined Dhaka Wolves"),
        ("sakib", "member_joined", "mim joined Dhaka Wolves"),
        ("tanvir", "invite_accepted", "mim joined Dhaka Wolves"),
    ]


def test_a_no_is_told_to_captain_and_inviter(wolves, mim, committed):
    with committed():
        decline_invite(actor=mim, invite_id=make_invite(wolves, mim).pk)

    assert heard() == [("rafi", "invite_declined", "mim declined to join Dhaka Wolves")]


def test_an_inviter_who_left_hears_nothing(wolves, mim, committed):
    gone = make_user("gone")
    add_member(wolves, gone, "co_captain", status="inactive")
    invite = make_invite(wolves, mim, invited_by=gone)

    with committed():
        decline_invite(actor=mim, invite_id=invite.pk)

    assert [who for who, *_ in heard()] == ["rafi"]


def test_who_stays_hears_who_left_and_who_leads_now(wolves, rafi, mim, committed):
    add_member(wolves, mim)
    with committed():
        leave_team(actor=rafi, team_id=wolves.pk)

    assert sorted(heard()) == [
        ("mim", "captain_changed", "mim is now captain of Dhaka Wolves"),
        ("mim", "member_left", "rafi left Dhaka Wolves"),
    ]


def test_only_the_removed_player_hears_of_the_removal(wolves, rafi, mim, committed):
    member = add_member(wolves, mim)
    add_member(wolves)
    with committed():
        remove_member(actor=rafi, team_id=wolves.pk, member_id=member.pk)

    assert heard() == [("mim", "removed", "You are no longer in Dhaka Wolves")]


@pytest.mark.parametrize("status", ["cancelled", "accepted", "declined", "expired"])
def test_a_late_task_says_nothing_about_a_settled_invitation(wolves, mim, status, committed):
    invite = make_invite(wolves, mim, status=status)

    with committed():
        assert send_invite_notification(invite.pk) == 0
    assert heard() == []


def test_every_task_run_twice_tells_once(wolves, mim, committed):
    asked = make_invite(wolves, mim)
    answered = make_invite(wolves, make_user("jerin"), status="declined")
    answered.answered_by = answered.invitee
    answered.save()
    add_member(wolves, make_user("sakib"))

    with committed():
        for _ in range(2):
            send_invite_notification(asked.pk)
            send_invite_answer_notification(answered.pk)
            send_roster_change_notification(wolves.pk, "joined", make_sakib().pk)

    assert sorted(what for _, what, _ in heard()) == ["invite_declined", "member_joined", "team_invite"]


def make_sakib():
    from apps.accounts.models import User

    return User.objects.get(username="sakib")


def test_the_cleaner_answers_as_the_operations_manual_says(wolves, mim):
    make_invite(wolves, mim, expires_at=timezone.now())

    assert clean_expired_invites() == {"status": "success", "expired_count": 1}
    assert clean_expired_invites() == {"status": "success", "expired_count": 0}
    assert TeamInvite.objects.get().status == "expired"


def test_the_tasks_have_their_names(db):
    assert {
        "teams.send_invite_notification",
        "teams.send_roster_change_notification",
        "teams.clean_expired_invites",
    } <= set(loaded_app().tasks)


def test_closing_an_account_frees_its_teams(wolves, rafi, mim):
    add_member(wolves, mim)

    on_account_deactivated(AccountDeactivated(user_id=rafi.pk))

    wolves.refresh_from_db()
    assert wolves.captain == mim.profile


def test_the_reactions_are_subscribed(wolves, rafi, mim, django_capture_on_commit_callbacks):
    add_member(wolves, mim)
    with django_capture_on_commit_callbacks(execute=True):
        events.publish(AccountDeactivated(user_id=rafi.pk))

    wolves.refresh_from_db()
    assert wolves.captain == mim.profile

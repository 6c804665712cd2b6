"""Asking a team, and its answers."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.constraints import broken_constraint
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.notifications.models import Notification
from apps.teams.errors import PlaysElsewhere, RequestClosed, RosterFull
from apps.teams.models import Team, TeamJoinRequest
from apps.teams.services.closing import forget
from apps.teams.services.disbanding import disband_team
from apps.teams.services.invites import accept_invite
from apps.teams.services.join_requests import (
    approve_request,
    ask_to_join,
    decline_request,
    expire_overdue_requests,
    withdraw_request,
)
from apps.teams.tasks import clean_expired_invites
from tests.teams.people import add_member, fill, make_invite, make_request, make_team, make_user, members_of

pytestmark = pytest.mark.django_db


def set_up(team, **settings):
    Team.objects.filter(pk=team.pk).update(**settings)


def status_of(request):
    request.refresh_from_db()
    return request.status


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_a_request_waits_fourteen_days(wolves, mim, enqueued):
    request = ask_to_join(
        actor=mim, team_id=wolves.pk, message="  I play\r\n\r\n\r\n\r\nlate. ", in_game_role="Duelist"
    )

    assert (request.team, request.player, request.status) == (wolves, mim, "pending")
    assert (request.message, request.in_game_role) == ("I play\n\nlate.", "Duelist")
    assert abs(request.expires_at - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    assert enqueued() == [("teams.send_join_request_notification", {"request_id": request.pk})]
    assert list(AuditEvent.objects.values_list("action", "target_id")) == [("team.request_sent", str(wolves.pk))]


def test_who_may_answer_hears_of_it(wolves, rafi, mim, django_capture_on_commit_callbacks):
    second, player = make_user("second"), make_user("player")
    add_member(wolves, second, "co_captain")
    add_member(wolves, player)
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_join(actor=mim, team_id=wolves.pk, message="Hello")

    heard = Notification.objects.filter(type="teams.join_request")
    assert set(heard.values_list("recipient__username", flat=True)) == {"rafi", "second"}

    set_up(wolves, members_can_manage_invites=True)
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_join(actor=make_user("fourth"), team_id=wolves.pk)
    assert set(heard.values_list("recipient__username", flat=True)) == {"rafi", "second", "player"}


@pytest.mark.parametrize(
    ("settings", "fields", "field"),
    [
        ({"join_message_required": True}, {}, "message"),
        ({"join_message_required": True}, {"message": " \u200b\n"}, "message"),
        ({"join_question": "When?"}, {"message": "Hi"}, "answer"),
        ({}, {"message": "x" * 501}, "message"),
        ({"join_question": "When?"}, {"answer": "x" * 301}, "answer"),
        ({}, {"in_game_role": "Goalkeeper"}, "in_game_role"),
    ],
)
def test_what_is_missing_or_too_long_is_named(wolves, mim, settings, fields, field):
    set_up(wolves, **settings)
    with pytest.raises(DomainError) as refusal:
        ask_to_join(actor=mim, team_id=wolves.pk, **fields)
    assert refusal.value.field == field
    assert not TeamJoinRequest.objects.exists()


def test_the_question_stays_with_its_answer(wolves, mim):
    set_up(wolves, join_question="What hours?")
    request = ask_to_join(actor=mim, team_id=wolves.pk, answer="After nine")
    set_up(wolves, join_question="Which agent?")
    request.refresh_from_db()
    assert (request.question, request.answer) == ("What hours?", "After nine")


def test_a_team_that_takes_no_requests_takes_none(wolves, mim):
    set_up(wolves, accepts_join_requests=False)
    with pytest.raises(PermissionRefused, match="takes no requests"):
        ask_to_join(actor=mim, team_id=wolves.pk)
    assert not TeamJoinRequest.objects.exists()


def test_one_open_request_per_team(wolves, mim):
    ask_to_join(actor=mim, team_id=wolves.pk)
    with pytest.raises(Conflict, match="waits for an answer"):
        ask_to_join(actor=mim, team_id=wolves.pk)
    assert TeamJoinRequest.objects.count() == 1


def test_the_database_holds_one_open_request(wolves, mim):
    make_request(wolves, mim, status="declined")
    make_request(wolves, mim)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_request(wolves, mim)
    assert broken_constraint(error.value) == "teams_joinrequest_one_pending"


def test_an_overdue_request_does_not_stand_in_the_way(wolves, mim):
    old = make_request(wolves, mim, expires_at=timezone.now())
    new = ask_to_join(actor=mim, team_id=wolves.pk)
    assert (status_of(old), status_of(new)) == ("expired", "pending")


def test_members_banned_and_invited_players_have_nothing_to_ask(wolves, mim):
    banned, invited = make_user("banned"), make_user("invited")
    add_member(wolves, mim)
    add_member(wolves, banned, status="banned")
    make_invite(wolves, invited)

    for player, words in ((mim, "in Dhaka Wolves already"), (banned, "are banned"), (invited, "has invited you")):
        with pytest.raises(DomainError, match=words):
            ask_to_join(actor=player, team_id=wolves.pk)
    assert not TeamJoinRequest.objects.exists()


def test_after_a_no_one_waits_seven_days(wolves, mim):
    request = make_request(wolves, mim, status="declined", answered_at=timezone.now() - timedelta(days=6, hours=23))
    with pytest.raises(Conflict, match="said no"):
        ask_to_join(actor=mim, team_id=wolves.pk)
    TeamJoinRequest.objects.filter(pk=request.pk).update(answered_at=timezone.now() - timedelta(days=7, minutes=1))

    assert ask_to_join(actor=mim, team_id=wolves.pk).status == "pending"


def test_there_are_limits_for_a_player_and_for_a_team(wolves, mim):
    for _ in range(10):
        make_request(make_team(), mim)
    with pytest.raises(Conflict, match="10 of your requests are open"):
        ask_to_join(actor=mim, team_id=wolves.pk)
    TeamJoinRequest.objects.bulk_create(TeamJoinRequest(team=wolves, player=make_user()) for _ in range(50))
    with pytest.raises(Conflict, match="has many requests"):
        ask_to_join(actor=make_user("late"), team_id=wolves.pk)
    assert wolves.join_requests.count() == 50


def test_a_private_team_is_not_there_to_ask(wolves, mim):
    set_up(wolves, is_public=False)
    with pytest.raises(NotFound):
        ask_to_join(actor=mim, team_id=wolves.pk)


# --- A team that accepts by itself ------------------------------------------------------------------------------------


def test_auto_accept_seats_at_once(wolves, mim, django_capture_on_commit_callbacks):
    set_up(wolves, auto_accept_join_requests=True)
    with django_capture_on_commit_callbacks(execute=True):
        request = ask_to_join(actor=mim, team_id=wolves.pk, in_game_role="Duelist")

    assert status_of(request) == "accepted"
    assert members_of(wolves) == {"rafi", "mim"}
    assert set(Notification.objects.values_list("type", "recipient__username")) == {
        ("teams.member_joined", "rafi"),
        ("economy.coins_in", "mim"),  # for a first team
    }


@pytest.mark.parametrize("obstacle", ["full", "elsewhere"])
def test_where_it_can_not_a_person_decides_and_reads_why(wolves, mim, obstacle, django_capture_on_commit_callbacks):
    set_up(wolves, auto_accept_join_requests=True)
    if obstacle == "full":
        fill(wolves, 8)
    else:
        add_member(make_team("Ravens"), mim)
    before = members_of(wolves)
    with django_capture_on_commit_callbacks(execute=True):
        request = ask_to_join(actor=mim, team_id=wolves.pk)

    assert (status_of(request), request.answered_at, request.answered_by) == ("pending", None, None)
    assert request.held_because.startswith({"full": "Dhaka Wolves is full", "elsewhere": "mim already plays"}[obstacle])
    assert members_of(wolves) == before
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["team.request_sent"]
    assert Notification.objects.get(type="teams.join_request").recipient.username == "rafi"


# --- Answers ----------------------------------------------------------------------------------------------------------


def test_a_yes_gives_a_seat_and_is_told(wolves, rafi, mim, django_capture_on_commit_callbacks):
    request = make_request(wolves, mim, in_game_role="Duelist")
    with django_capture_on_commit_callbacks(execute=True):
        member = approve_request(actor=rafi, request_id=request.pk)

    assert (status_of(request), request.answered_by) == ("accepted", rafi)
    assert (member.role, member.in_game_role) == ("player", "Duelist")
    assert Notification.objects.get(type="teams.join_request_accepted").recipient == mim
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "team.request_accepted",
        "team.member_joined",
    ]


def test_a_no_is_told_with_its_reason_and_the_record_does_not_keep_it(
    wolves, rafi, mim, django_capture_on_commit_callbacks
):
    request = make_request(wolves, mim)
    with django_capture_on_commit_callbacks(execute=True):
        decline_request(actor=rafi, request_id=request.pk, reason="We need a sentinel.")

    assert (status_of(request), request.reason) == ("declined", "We need a sentinel.")
    told = Notification.objects.get(type="teams.join_request_declined")
    assert (told.recipient, told.body) == (mim, "We need a sentinel.")
    assert "sentinel" not in str(list(AuditEvent.objects.values_list("old", "new")))


@pytest.mark.parametrize("answer", [approve_request, decline_request])
@pytest.mark.parametrize("status", ["accepted", "declined", "withdrawn", "expired", "closed"])
def test_a_settled_request_stays_settled(wolves, rafi, mim, answer, status):
    request = make_request(wolves, mim, status=status)
    with pytest.raises(RequestClosed):
        answer(actor=rafi, request_id=request.pk)
    assert status_of(request) == status
    assert members_of(wolves) == {"rafi"}


@pytest.mark.parametrize("answer", [approve_request, decline_request])
def test_an_expired_request_is_closed_before_the_cleaner_ran(wolves, rafi, mim, answer):
    request = make_request(wolves, mim, expires_at=timezone.now())
    with pytest.raises(RequestClosed, match="ran out"):
        answer(actor=rafi, request_id=request.pk)
    assert members_of(wolves) == {"rafi"}


def test_a_yes_without_a_seat_leaves_the_request_open(wolves, rafi, mim):
    add_member(make_team("Ravens"), mim)
    request = make_request(wolves, mim)
    with pytest.raises(PlaysElsewhere):
        approve_request(actor=rafi, request_id=request.pk)
    other = make_request(wolves)
    fill(wolves, 8)
    with pytest.raises(RosterFull):
        approve_request(actor=rafi, request_id=other.pk)
    assert (status_of(request), status_of(other)) == ("pending", "pending")


def test_only_who_asked_withdraws(wolves, rafi, mim):
    request = make_request(wolves, mim)
    with pytest.raises(NotFound):
        withdraw_request(actor=rafi, request_id=request.pk)
    assert status_of(request) == "pending"
    withdraw_request(actor=mim, request_id=request.pk)
    assert status_of(request) == "withdrawn"


def test_a_member_without_the_flag_answers_nobody(wolves, mim):
    request = make_request(wolves)
    add_member(wolves, mim)
    for answer in (approve_request, decline_request):
        with pytest.raises(PermissionRefused):
            answer(actor=mim, request_id=request.pk)
    set_up(wolves, members_can_manage_invites=True)
    decline_request(actor=mim, request_id=request.pk)
    assert status_of(request) == "declined"


# --- What ends a request by itself ------------------------------------------------------------------------------------


def test_joining_another_way_closes_the_request(wolves, mim):
    request = make_request(wolves, mim)
    accept_invite(actor=mim, invite_id=make_invite(wolves, mim).pk)
    assert status_of(request) == "closed"


def test_a_team_that_disbands_closes_its_requests(wolves, rafi, mim):
    request = make_request(wolves, mim)
    disband_team(actor=rafi, team_id=wolves.pk)
    assert status_of(request) == "closed"
    assert AuditEvent.objects.get(action="team.disbanded").new["requests_closed"] == 1


def test_the_cleaner_settles_requests_with_the_invitations(wolves, mim):
    make_invite(wolves, make_user(), expires_at=timezone.now())
    overdue, fresh = make_request(wolves, mim, expires_at=timezone.now()), make_request(wolves)

    assert clean_expired_invites.run() == {"status": "success", "expired_count": 2}
    assert clean_expired_invites.run() == {"status": "success", "expired_count": 0}
    assert (status_of(overdue), status_of(fresh)) == ("expired", "pending")
    assert expire_overdue_requests() == 0


def test_an_account_that_goes_takes_its_words_along(wolves, mim):
    make_request(wolves, mim, message="My number is 01712-345678")
    forget(mim)
    assert not TeamJoinRequest.objects.exists()


# --- Pages and API ----------------------------------------------------------------------------------------------------


def test_from_the_team_page_to_the_roster(client, wolves, rafi, mim):
    client.force_login(mim)
    ask = reverse("teams:ask_to_join", args=["dhaka-wolves"])
    assert ask in client.get(wolves.get_absolute_url()).content.decode()
    assert client.post(ask, {"message": "I play late."})["Location"] == reverse("teams:my_invitations")
    request = TeamJoinRequest.objects.get()
    mine = client.get(reverse("teams:my_invitations")).content.decode()
    assert reverse("teams:withdraw_request", args=[request.pk]) in mine
    assert "Your request waits" in client.get(ask).content.decode()

    client.force_login(rafi)
    listed = client.get(reverse("teams:join_requests", args=["dhaka-wolves"])).content.decode()
    assert "I play late." in listed
    answer = client.post(reverse("teams:approve_request", args=["dhaka-wolves", request.pk]), follow=True)
    assert "mim is in the team." in answer.content.decode()
    assert members_of(wolves) == {"rafi", "mim"}


def test_the_captains_see_the_game_id_of_who_asks(client, wolves, rafi, mim):
    mim.profile.riot_id = "Mim#BD71"
    mim.profile.is_private = True
    mim.profile.save()
    make_request(wolves, mim)
    client.force_login(rafi)
    assert "Mim#BD71" in client.get(reverse("teams:join_requests", args=["dhaka-wolves"])).content.decode()


@pytest.mark.parametrize(
    "data", [{"message": "x" * 501}, {"message": "x" * 10_000_000}, {"in_game_role": "Nobody"}, {"message": "a\0b"}]
)
def test_bad_input_stays_in_the_form(client, wolves, mim, data):
    client.force_login(mim)
    answer = client.post(reverse("teams:ask_to_join", args=["dhaka-wolves"]), data)
    assert answer.status_code in {413, 422, 400}
    assert not TeamJoinRequest.objects.exists()


def test_the_list_costs_the_same_for_one_and_for_many(client, wolves, rafi, django_assert_max_num_queries):
    client.force_login(rafi)
    url = reverse("teams:join_requests", args=["dhaka-wolves"])

    def queries():
        with django_assert_max_num_queries(100) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    make_request(wolves)
    make_request(wolves, status="declined", answered_by=rafi, answered_at=timezone.now())
    client.get(url)
    few = queries()
    for _ in range(12):
        make_request(wolves)
        make_request(wolves, status="declined", answered_by=make_user(), answered_at=timezone.now())
    # However many wait and were answered: people come with their rows.
    assert queries() == few


def test_the_request_of_another_team_is_not_answered_through_mine(client, wolves, rafi):
    elsewhere = make_request(make_team())
    client.force_login(rafi)
    for act in ("approve_request", "decline_request"):
        assert client.post(reverse(f"teams:{act}", args=["dhaka-wolves", elsewhere.pk])).status_code == 404
    assert status_of(elsewhere) == "pending"


def test_the_api_asks_answers_and_withdraws(client, wolves, rafi, mim):
    client.force_login(mim)
    asked = client.post("/api/v1/teams/dhaka-wolves/join-requests/", {"message": "Hello"})
    assert (asked.status_code, asked.json()["player"], asked.json()["state"]) == (201, "mim", "pending")
    assert client.post("/api/v1/teams/dhaka-wolves/join-requests/", {}).json()["code"] == "asked"
    assert client.get("/api/v1/teams/dhaka-wolves/join-requests/mine/").json()["message"] == "Hello"
    assert client.delete("/api/v1/teams/dhaka-wolves/join-requests/mine/").json()["state"] == "withdrawn"
    second = client.post("/api/v1/teams/dhaka-wolves/join-requests/", {}).json()["id"]

    client.force_login(rafi)
    listed = client.get("/api/v1/teams/dhaka-wolves/join-requests/").json()["results"]
    assert [row["id"] for row in listed] == [second]
    approved = client.post(f"/api/v1/teams/dhaka-wolves/join-requests/{second}/approve/")
    assert approved.json() == {"team": "dhaka-wolves", "role": "player", "in_game_role": ""}
    again = client.post(f"/api/v1/teams/dhaka-wolves/join-requests/{second}/decline/", {"reason": "No"})
    assert (again.status_code, again.json()["code"]) == (409, "request_closed")


def test_who_is_invited_is_led_to_the_invitation_instead(client, wolves, mim):
    invite = make_invite(wolves, mim)
    client.force_login(mim)
    page = client.get(wolves.get_absolute_url()).content.decode()
    assert f'href="{invite.get_absolute_url()}"' in page
    assert "Ask to join" not in page

    client.force_login(make_user("nusrat"))
    page = client.get(wolves.get_absolute_url()).content.decode()
    assert "You are invited" not in page
    assert "Ask to join" in page

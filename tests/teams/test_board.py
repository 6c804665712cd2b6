"""The board: threads and replies, once each, kept in order, and read as far as one may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from apps.core import slots
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused, RateLimited
from apps.notifications.models import Notification
from apps.teams import permissions
from apps.teams.models import BoardReply, BoardThread, Team
from apps.teams.permissions import board as rules
from apps.teams.selectors import board as selectors
from apps.teams.services import board
from tests.teams.people import add_member, make_team, make_user
from tests.teams.talking import make_reply, make_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(wolves, mim):
    add_member(wolves, mim)
    return wolves


def start(author, team, **words):
    words = {"title": "Which maps?", "body": "Haven?", "client_id": uuid4()} | words
    return board.start_thread(actor=author, team_id=team.pk, **words)


def answer(author, thread, body="Lotus.", **options):
    options.setdefault("client_id", uuid4())
    return board.add_reply(actor=author, thread_id=thread.pk, body=body, **options)


def told(user):
    return sorted(Notification.objects.filter(recipient=user).values_list("type", flat=True))


def news(user, team):
    found = selectors.board_page(permissions.standing(user, team))
    return [line.has_news for line in [*found.on_top, *found.lines]]


def url(name, team, *args):
    return reverse(f"teams:{name}", args=[team.slug, *args])


def test_two_clicks_are_one_thread_and_one_reply(crew, rafi, mim):
    same = uuid4()
    thread = start(rafi, crew, client_id=same)
    assert start(rafi, crew, client_id=same, title="Again") == thread
    assert answer(mim, thread, client_id=same) == answer(mim, thread, "Twice", client_id=same)
    thread.refresh_from_db()
    assert (BoardThread.objects.count(), BoardReply.objects.count(), thread.reply_count) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_eight_replies_at_once_are_eight(rafi, wolves, standard_criteria):
    thread, barrier = make_thread(wolves), Barrier(8)

    def reply(number):
        try:
            barrier.wait(20)
            answer(rafi, thread, f"Reply {number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(reply, range(8)))
    thread.refresh_from_db()
    assert (thread.reply_count, thread.last_reply) == (8, BoardReply.objects.latest("pk").pk)


@pytest.mark.parametrize(
    ("words", "field", "sentence"),
    [
        ({"title": "\u200b"}, "title", "Give it a title"),
        ({"title": "x" * 121}, "title", "at most 120"),
        ({"body": " \n"}, "body", "Write something first"),
        ({"body": "x" * 5001}, "body", "at most 5000 characters. Yours has 5001"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(crew, rafi, words, field, sentence):
    with pytest.raises(DomainError, match=sentence) as refusal:
        start(rafi, crew, **words)
    assert (refusal.value.field, BoardThread.objects.exists()) == (field, False)


def test_a_flood_is_refused(crew, rafi):
    thread = make_thread(crew)
    for _ in range(20):
        answer(rafi, thread)
    with pytest.raises(RateLimited):
        answer(rafi, thread)
    assert BoardReply.objects.count() == 20


def test_a_locked_thread_takes_nothing(crew, rafi, mim, recorded):
    thread = start(mim, crew)
    reply = answer(mim, thread)
    board.set_thread(actor=rafi, thread_id=thread.pk, locked=True)
    for act in (
        lambda: answer(mim, thread),
        lambda: board.edit_reply(actor=mim, reply_id=reply.pk, body="New"),
        lambda: board.edit_thread(actor=mim, thread_id=thread.pk, title="New", body="New"),
    ):
        with pytest.raises(Conflict, match="locked"):
            act()
    assert recorded() == ["team.thread_locked"]
    assert BoardReply.objects.get().body == "Lotus."


def test_edits_are_marked_and_tell_nobody(crew, rafi, mim, django_capture_on_commit_callbacks):
    thread = start(rafi, crew)
    reply = answer(rafi, thread)
    with django_capture_on_commit_callbacks(execute=True):
        board.edit_thread(actor=rafi, thread_id=thread.pk, title="Maps", body="@mim?")
        board.edit_reply(actor=rafi, reply_id=reply.pk, body="@mim!")
    thread.refresh_from_db()
    reply.refresh_from_db()
    assert (thread.edited_at is not None, reply.edited_at is not None, told(mim)) == (True, True, [])


def test_a_removed_reply_is_a_place_without_words(crew, rafi, mim, recorded):
    thread = start(rafi, crew)
    own, others = answer(mim, thread), answer(mim, thread, "A secret")
    board.remove_reply(actor=mim, reply_id=own.pk)
    board.remove_reply(actor=rafi, reply_id=others.pk)
    assert list(BoardReply.objects.values_list("body", flat=True)) == ["", ""]
    assert recorded() == ["team.reply_removed"]
    with pytest.raises(PermissionRefused):
        board.remove_reply(actor=mim, reply_id=answer(rafi, thread).pk)


def test_a_removed_thread_comes_back_for_a_week(crew, rafi, mim):
    thread = start(mim, crew)
    board.remove_thread(actor=rafi, thread_id=thread.pk)
    with pytest.raises(NotFound):
        selectors.thread_of(permissions.standing(mim, crew), thread.pk)
    assert board.restore_thread(actor=rafi, thread_id=thread.pk).removed_at is None
    board.remove_thread(actor=mim, thread_id=thread.pk)
    BoardThread.objects.update(removed_at=timezone.now() - timedelta(days=8))
    with pytest.raises(Conflict, match="for a week"):
        board.restore_thread(actor=mim, thread_id=thread.pk)
    assert board.purge_removed_threads() == 1


def test_who_is_named_and_who_is_answered_hear_once(crew, rafi, mim, django_capture_on_commit_callbacks):
    make_user("stranger")
    with django_capture_on_commit_callbacks(execute=True):
        thread = start(rafi, crew, body="What do you say, @mim and @stranger?")
        answer(mim, thread, "Lotus")
        answer(mim, thread, "Lotus, @rafi!")
        answer(rafi, thread, "To myself")
    assert told(mim) == ["teams.board_mention"]
    assert told(rafi) == ["teams.board_mention", "teams.board_reply"]
    assert Notification.objects.count() == 3


def test_what_others_said_since_is_news(crew, rafi, mim):
    thread = start(rafi, crew)
    assert (news(mim, crew), news(rafi, crew), news(AnonymousUser(), _open(crew))) == ([True], [False], [False])
    board.mark_read(actor=mim, thread=thread, reply_id=0)
    assert news(mim, crew) == [False]
    reply = answer(rafi, thread)
    assert (news(mim, crew), news(rafi, crew)) == ([True], [False])
    board.mark_read(actor=mim, thread=thread, reply_id=reply.pk)
    board.mark_read(actor=mim, thread=thread, reply_id=0)
    assert news(mim, crew) == [False]


def _open(team):
    Team.objects.update(board_is_public=True)
    team.refresh_from_db()
    return team


def test_an_open_board_is_read_by_everyone_and_written_by_members(crew, client):
    thread, stranger = make_thread(crew), make_user()
    assert client.get(url("board", crew)).status_code == 302
    _open(crew)
    assert "Thread 1" in client.get(url("board", crew)).content.decode()
    client.force_login(stranger)
    assert client.get(url("thread", crew, thread.pk)).status_code == 200
    assert client.post(url("reply", crew, thread.pk), {"body": "Hello"}).status_code == 403
    Team.objects.update(is_public=False)
    assert client.get(url("board", crew)).status_code == 404
    assert not BoardReply.objects.exists()


def test_an_inactive_member_reads_and_does_not_write(crew):
    sleeper = make_user()
    add_member(crew, sleeper, status="inactive", left_at=None)
    assert rules.can_read_board(permissions.standing(sleeper, crew))
    with pytest.raises(PermissionRefused):
        start(sleeper, crew)


def test_a_form_is_enough_and_refusals_keep_what_was_typed(crew, mim, client):
    client.force_login(mim)
    page = client.post(url("start_thread", crew), {"title": "Maps", "body": "**Which?**"}, follow=True)
    assert "<strong>Which?</strong>" in page.content.decode()
    thread = BoardThread.objects.get()
    for body, sentence in (("", "Write something first"), ("x" * 1_000_000, "at most 3000"), ("\x00", "Null char")):
        refused = client.post(url("reply", crew, thread.pk), {"body": body})
        assert (refused.status_code, sentence in refused.content.decode()) == (422, True)
    answered = client.post(url("reply", crew, thread.pk), {"body": "Lotus"})
    reply = BoardReply.objects.get()
    assert answered["Location"] == f"{thread.get_absolute_url()}?from={reply.pk}#r{reply.pk}"
    foreign = make_thread(make_team())
    assert client.get(url("thread", crew, foreign.pk)).status_code == 404
    assert client.get(url("thread", crew, 2**70)).status_code == 404


def test_lists_go_on_where_they_ended_and_cost_the_same(crew, mim, client, django_assert_max_num_queries):
    def cost(address):
        client.get(address)
        with django_assert_max_num_queries(1000) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    client.force_login(mim)
    threads = [make_thread(crew, is_pinned=True), make_thread(crew)]
    make_reply(threads[0], mim)
    addresses = [url("board", crew), url("thread", crew, threads[0].pk)]
    few = [cost(address) for address in addresses]
    for _ in range(45):
        make_thread(crew, make_user())
        make_reply(threads[0], make_user())
    assert [cost(address) for address in addresses] == few

    seen, after = [], ""
    while after is not None:
        found = client.get(f"{addresses[0]}?after={after}").context["found"]
        seen += [line.thread.pk for line in [*found.on_top, *found.lines]]
        after = found.page.next_cursor or None
    assert len(seen) == len(set(seen)) == 47
    part = client.get(f"{addresses[1]}?from={threads[0].last_reply}").context["said"]
    assert [line.reply.pk for line in part] == [threads[0].last_reply]


def test_the_api_reads_and_writes(crew, mim, client):
    client.force_login(mim)
    made = client.post("/api/v1/teams/dhaka-wolves/board/", {"title": "Maps", "body": "Which?"}).json()
    address = f"/api/v1/teams/dhaka-wolves/board/{made['id']}/"
    assert client.post(address, {"body": "Lotus"}).status_code == 201
    found = client.get(address).json()
    assert (found["title"], [row["body"] for row in found["replies"]]) == ("Maps", ["Lotus"])
    assert [row["id"] for row in client.get("/api/v1/teams/dhaka-wolves/board/").json()["results"]] == [made["id"]]


def test_staff_remove_in_the_admin(crew, mim, client, settings):
    settings.ADMIN_REQUIRE_MFA = False
    thread = make_thread(crew)
    reply = make_reply(thread, mim)
    client.force_login(make_user(is_superuser=True, is_staff=True))
    for name, row in (("boardreply", reply), ("boardthread", thread)):
        address = reverse(f"admin:teams_{name}_changelist")
        assert client.post(address, {"action": "remove", "_selected_action": [row.pk]}, follow=True).status_code == 200
        row.refresh_from_db()
        assert row.removed_at is not None


def test_an_export_holds_one_s_own_words_and_a_deleted_account_leaves_none(crew, rafi, mim):
    mine, others = start(mim, crew, title="Mine"), start(rafi, crew)
    answer(rafi, mine)
    answer(mim, others, "My words")
    start(mim, crew, title="Alone")
    found = {}
    for fill in slots.fillings("personal_data"):
        found |= fill(mim)
    assert [row["title"] for row in found["team_board_threads"]] == ["Mine", "Alone"]
    assert [row["body"] for row in found["team_board_replies"]] == ["My words"]

    board.forget(mim)
    assert set(BoardThread.objects.values_list("title", "body")) == {
        ("A removed thread", ""),
        ("Which maps?", "Haven?"),
    }
    assert not BoardReply.objects.filter(author=mim).exclude(body="").exists()

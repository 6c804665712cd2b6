"""Reading the chat: pages of history, what is new, the pages themselves, and what is left when somebody goes."""

import functools
import operator
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core import slots
from apps.core.models import AuditEvent
from apps.teams.constants import CHAT_PAGE
from apps.teams.models import ChatMessage, ChatReaction, ChatReader
from apps.teams.selectors import chat as selectors
from apps.teams.services import chat
from apps.teams.templatetags.chat import chat_body
from tests.teams.people import add_member, make_team, make_user
from tests.teams.test_chat import say, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(wolves, rafi, mim):
    """Wolves with Mim and a co-captain beside captain Rafi."""
    add_member(wolves, mim)
    add_member(wolves, make_user("tanvir"), "co_captain")
    return wolves


@pytest.fixture
def unhurried(monkeypatch):
    """No limits, for tests that write much."""
    from apps.core import rate_limit

    monkeypatch.setattr(rate_limit, "check", lambda *args, **kwargs: None)


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_history_comes_in_pages_without_gap_or_overlap(crew, mim, unhurried):
    for number in range(2 * CHAT_PAGE + 5):
        say(mim, crew, str(number))
    pages, before = [], None
    while True:
        page = selectors.history(seen_by(mim, crew), before=before)
        pages.insert(0, [entry.message.body for entry in page.entries])
        if page.older_before is None:
            break
        before = page.older_before

    assert [len(page) for page in pages] == [5, CHAT_PAGE, CHAT_PAGE]
    assert functools.reduce(operator.iadd, pages, []) == [str(number) for number in range(2 * CHAT_PAGE + 5)]


def test_a_change_of_an_old_message_is_told_after_newer_ones(crew, rafi, mim):
    old, new = say(mim, crew, "Old"), say(rafi, crew, "New")
    known = selectors.revision_of(crew.pk)
    chat.edit_message(actor=mim, message_id=old.pk, body="Old, corrected")
    chat.react(actor=mim, message_id=new.pk, emoji="👍")

    told_now = selectors.changes(seen_by(rafi, crew), after=known)

    assert [entry.message.body for entry in told_now.entries] == ["Old, corrected", "New"]
    assert (told_now.revision, told_now.more) == (4, False)
    assert selectors.changes(seen_by(rafi, crew), after=4).entries == []


def test_unread_counts_what_others_said_since(crew, rafi, mim):
    say(rafi, crew)
    last = say(rafi, crew)
    say(mim, crew, "Mine")  # who writes has read what was there
    assert selectors.unread_count(seen_by(mim, crew)) == 0
    gone = say(rafi, crew)
    say(rafi, crew)
    chat.delete_message(actor=rafi, message_id=gone.pk)
    assert selectors.unread_count(seen_by(mim, crew)) == 1
    assert last.number == 2


def test_the_marker_never_goes_back_and_never_ahead(crew, rafi, mim):
    for _ in range(3):
        say(rafi, crew)
    for number, kept in ((2, 2), (1, 2), (99, 3), (-5, 3)):
        chat.mark_read(actor=mim, team_id=crew.pk, number=number)
        assert ChatReader.objects.get(user=mim).read_number == kept


def test_what_was_said_before_one_came_is_no_news(crew, rafi):
    say(rafi, crew)
    ChatMessage.objects.update(created_at=timezone.now() - timezone.timedelta(hours=1))
    newcomer = make_user("newcomer")
    add_member(crew, newcomer)
    assert selectors.unread_count(seen_by(newcomer, crew)) == 0
    assert len(selectors.history(seen_by(newcomer, crew)).entries) == 1


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("hi @mim", 'hi <a class="chat-mention" href="/u/mim/">@mim</a>'),
        ("https://example.com/?a=1&b=2", 'rel="nofollow">https://example.com/?a=1&amp;b=2</a>'),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ('@mim"><img src=x>', "&gt;&lt;img src=x&gt;"),
    ],
)
def test_words_are_escaped_and_links_are_plain(body, html):
    shown = chat_body(ChatMessage(body=body))
    assert html in shown
    assert "<script" not in shown
    assert "<img" not in shown


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, mim):
    client.force_login(mim)

    def at(name, *args):
        return reverse(f"teams:{name}", args=["dhaka-wolves", *args])

    client.at = at
    return client


def test_a_form_post_is_enough(crew, page):
    shown = page.get(page.at("chat"))
    form = shown.context["form"]
    words = {"body": "হ্যালো", "client_id": form["client_id"].value()}

    answers = [page.post(page.at("chat_send"), words) for _ in range(2)]  # a double click

    assert [answer.status_code for answer in answers] == [302, 302]
    assert ChatMessage.objects.get().body == "হ্যালো"
    assert answers[0]["Location"] == "/teams/dhaka-wolves/chat/#m1"
    assert "হ্যালো" in page.get(page.at("chat")).content.decode()


def test_what_is_refused_comes_back_with_what_was_typed(crew, page):
    answer = page.post(page.at("chat_send"), {"body": "x" * 2001, "client_id": uuid4()})
    assert answer.status_code == 422
    assert "A message has at most 2000 characters. Yours has 2001." in answer.content.decode()
    assert "x" * 2001 in answer.content.decode()
    assert not ChatMessage.objects.exists()


def test_a_message_of_a_megabyte_is_refused(crew, page):
    for headers in ({}, {"accept": "application/json"}):
        answer = page.post(page.at("chat_send"), {"body": "x" * 1_000_000, "client_id": uuid4()}, headers=headers)
        assert answer.status_code in {400, 422}
        assert "at most 2000 characters" in answer.content.decode()
    assert not ChatMessage.objects.exists()


def test_a_script_is_answered_in_json(crew, page):
    json = {"accept": "application/json"}
    sent = page.post(page.at("chat_send"), {"body": "Hi", "client_id": uuid4()}, headers=json).json()["item"]
    assert (sent["number"], sent["revision"]) == (1, 1)
    assert 'id="m1"' in sent["html"]

    refused = page.post(page.at("chat_send"), {"body": " ", "client_id": uuid4()}, headers=json)
    assert (refused.status_code, refused.json()["detail"]) == (400, "Write something first.")
    for _ in range(9):
        page.post(page.at("chat_send"), {"body": "Hi", "client_id": uuid4()}, headers=json)
    flood = page.post(page.at("chat_send"), {"body": "Hi", "client_id": uuid4()}, headers=json)
    assert (flood.status_code, flood.json()["code"]) == (429, "rate_limited")


def test_the_poll_tells_what_is_above_a_revision(crew, page, rafi):
    say(rafi, crew, "One")
    say(rafi, crew, "Two")
    told_now = page.get(page.at("chat_live"), {"after": "1"}).json()
    assert [(item["number"], item["revision"]) for item in told_now["items"]] == [(2, 2)]
    assert (told_now["revision"], told_now["more"]) == (2, False)
    for after in ("", "-1", "x", "9" * 30, "১"):
        assert page.get(page.at("chat_live"), {"after": after}).status_code == 200


@pytest.mark.parametrize("name", ["chat_message", "chat_delete", "chat_react"])
def test_a_message_of_another_team_is_not_reached_through_mine(crew, page, name):
    other = make_team()
    foreign = say(other.captain.user, other)
    answer = page.post(page.at(name, foreign.pk), {"body": "Mine now", "emoji": "🔥"})
    foreign.refresh_from_db()
    assert (answer.status_code, foreign.body, foreign.revision) == (404, "Scrim at nine?", 1)


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=" + "9" * 40, "reply=x", "reply=999999"])
def test_a_nonsense_address_shows_the_chat(crew, page, query):
    assert page.get(f"{page.at('chat')}?{query}").status_code == 200


def test_a_team_page_shows_members_what_is_new(crew, page, rafi):
    say(rafi, crew)
    assert "1 new" in page.get(crew.get_absolute_url()).content.decode()
    page.logout()
    assert "/chat/" not in page.get(crew.get_absolute_url()).content.decode()


def test_the_page_costs_the_same_with_2_and_with_200_messages(
    crew, page, rafi, mim, unhurried, django_assert_max_num_queries
):
    def queries(query=""):
        page.get(page.at("chat") + query)
        with django_assert_max_num_queries(1000) as captured:
            assert page.get(page.at("chat") + query).status_code == 200
        return len(captured)

    for number in range(2):
        chat.react(actor=rafi, message_id=say(mim, crew, f"@rafi {number}").pk, emoji="🔥")
    few = queries()
    last = None
    for number in range(198):
        last = say((rafi, mim)[number % 2], crew, f"@rafi @mim {number}", reply_to_id=last and last.pk)
        chat.react(actor=rafi, message_id=last.pk, emoji="🔥")

    assert queries() == few
    assert queries("?before=120") == few
    # The session and its user 2; the team, the standing 2; the revision, the messages, mentions and reactions 4; the
    # marker twice and the count 3; the rest is the frame's.
    assert few <= 16


def test_the_poll_costs_five_queries_more_for_news_than_for_none(
    crew, page, rafi, unhurried, django_assert_max_num_queries
):
    for number in range(100):
        say(rafi, crew, f"@mim {number}")
    with django_assert_max_num_queries(1000) as none:
        page.get(page.at("chat_live"), {"after": "100"})
    with django_assert_max_num_queries(1000) as hundred:
        assert len(page.get(page.at("chat_live"), {"after": "0"}).json()["items"]) == 100
    # Mentions and reactions of the hundred.
    assert len(hundred) == len(none) + 2


# --- Staff, export, leaving -------------------------------------------------------------------------------------------


def test_staff_remove_through_the_service(crew, mim, client, settings):
    settings.ADMIN_REQUIRE_MFA = False
    message = say(mim, crew, "Something rude")
    client.force_login(make_user("boss", is_superuser=True, is_staff=True))
    assert client.get(reverse("admin:teams_chatmessage_change", args=[message.pk])).status_code == 200

    client.post(reverse("admin:teams_chatmessage_changelist"), {"action": "remove", "_selected_action": [message.pk]})

    message.refresh_from_db()
    assert message.body == ""
    assert AuditEvent.objects.filter(action="team.chat_message_removed").count() == 1


def test_an_export_holds_what_one_said_and_nobody_elses(crew, rafi, mim):
    say(rafi, crew, "His")
    message = say(mim, crew, "Hers")
    chat.react(actor=mim, message_id=message.pk, emoji="🔥")
    exported = {}
    for provider in slots.fillings("personal_data"):
        exported |= provider(mim)
    assert [row["body"] for row in exported["team_chat_messages"]] == ["Hers"]
    assert [row["emoji"] for row in exported["team_chat_reactions"]] == ["🔥"]


def test_a_deleted_account_leaves_no_words(crew, rafi, mim):
    say(mim, crew, "My address is …")
    his = say(rafi, crew, "@mim")
    chat.react(actor=mim, message_id=his.pk, emoji="🔥")
    known = selectors.revision_of(crew.pk)

    for purge in slots.fillings("account_purge"):
        purge(mim)

    assert sorted(ChatMessage.objects.values_list("body", flat=True)) == ["", "@mim"]
    assert not ChatReaction.objects.exists()
    assert not ChatReader.objects.filter(user=mim).exists()
    # Open pages hear of it like of any change.
    assert [e.message.body for e in selectors.changes(seen_by(rafi, crew), after=known).entries] == ["", "@mim"]

"""The chat's rules: say once, correct, take back, react, call people, and how much of each."""

import functools
import operator
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core import slots
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused, RateLimited
from apps.core.models import AuditEvent
from apps.notifications.models import Notification
from apps.teams import permissions
from apps.teams.constants import CHAT_PAGE
from apps.teams.models import ChatMessage, ChatReaction, ChatReader, TeamChat, TeamMembership
from apps.teams.selectors import chat as selectors
from apps.teams.services import chat
from apps.teams.services.rosters import leave_team
from apps.teams.templatetags.chat import chat_body
from tests.teams.people import add_member, make_team, make_user

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


def say(author, team, body="Scrim at nine?", **options):
    options.setdefault("client_id", uuid4())
    return chat.send_message(actor=author, team_id=team.pk, body=body, **options)


def seen_by(user, team):
    return permissions.standing(user, team)


def told(user):
    return sorted(Notification.objects.filter(recipient=user).values_list("type", flat=True))


# --- Saying -----------------------------------------------------------------------------------------------------------


def test_a_message_has_the_next_number_of_its_team(crew, rafi, mim):
    other = make_team(captain=make_user())
    first, foreign, second = say(rafi, crew), say(other.captain.user, other), say(mim, crew)

    assert [message.number for message in (first, foreign, second)] == [1, 1, 2]
    assert [message.revision for message in (first, foreign, second)] == [1, 1, 2]


def test_the_same_message_sent_twice_is_there_once(crew, mim):
    same = uuid4()
    first = say(mim, crew, "Once", client_id=same)
    again = say(mim, crew, "Twice", client_id=same)

    assert again == first
    assert list(ChatMessage.objects.values_list("body", "number")) == [("Once", 1)]
    assert TeamChat.objects.get().last_revision == 1


def test_a_repeated_message_is_not_counted_against_its_author(crew, mim):
    same = uuid4()
    for _ in range(30):
        say(mim, crew, client_id=same)
    assert ChatMessage.objects.count() == 1


def test_the_database_itself_refuses_a_second_one(crew, mim):
    first = say(mim, crew)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChatMessage.objects.create(team=crew, author=mim, client_id=first.client_id, body="Twice", number=2, revision=2)


def test_two_people_may_happen_on_the_same_id(crew, rafi, mim):
    same = uuid4()
    assert say(rafi, crew, client_id=same) != say(mim, crew, client_id=same)


def test_an_id_used_in_another_team_says_nothing_here(crew, mim):
    other = make_team(game="mlbb")
    add_member(other, mim)
    same = uuid4()
    say(mim, other, client_id=same)
    with pytest.raises(DomainError, match="another team"):
        say(mim, crew, client_id=same)
    assert not ChatMessage.objects.filter(team=crew).exists()


@pytest.mark.parametrize("body", ["", "   \n\t ", "\u200b\u200b"])
def test_nothing_is_not_a_message(crew, mim, body):
    with pytest.raises(DomainError, match="Write something first"):
        say(mim, crew, body)
    assert not ChatMessage.objects.exists()


def test_a_message_ends_at_two_thousand_characters(crew, mim):
    assert say(mim, crew, "ক" * 2000).body == "ক" * 2000
    with pytest.raises(DomainError, match=r"at most 2000 characters\. Yours has 2001"):
        say(mim, crew, "ক" * 2001)


def test_bangla_and_line_breaks_stay(crew, mim):
    assert say(mim, crew, "আজ রাত ৯টায়\nস্ক্রিম?").body == "আজ রাত ৯টায়\nস্ক্রিম?"


def test_a_flood_is_refused_with_a_sentence(crew, mim, rafi):
    for _ in range(10):
        say(mim, crew)
    with pytest.raises(RateLimited, match="faster than anyone can read"):
        say(mim, crew)
    assert ChatMessage.objects.count() == 10
    say(rafi, crew)  # who writes little is not held back by who writes much


@pytest.mark.parametrize("who", ["stranger", "former", "banned", "superuser"])
def test_who_is_no_member_neither_reads_nor_writes(crew, who):
    user = make_user("outsider", is_superuser=who == "superuser")
    if who in {"former", "banned"}:
        add_member(crew, user, status="inactive" if who == "former" else "banned")
    with pytest.raises(PermissionRefused):
        say(user, crew)
    with pytest.raises(PermissionRefused):
        selectors.history(seen_by(user, crew))
    with pytest.raises(PermissionRefused):
        selectors.changes(seen_by(user, crew), after=0)
    assert not ChatMessage.objects.exists()


def test_who_left_is_out_at_once(crew, mim):
    say(mim, crew)
    leave_team(actor=mim, team_id=crew.pk)
    with pytest.raises(PermissionRefused):
        say(mim, crew)
    assert selectors.standing_of(mim.pk, crew.pk) is None


def test_a_deactivated_account_does_not_listen(crew, mim):
    type(mim).objects.filter(pk=mim.pk).update(is_active=False)
    assert selectors.standing_of(mim.pk, crew.pk) is None


def test_a_disbanded_team_is_silent(crew, rafi):
    type(crew).objects.filter(pk=crew.pk).update(is_active=False)
    with pytest.raises(NotFound):
        say(rafi, crew)


# --- Replies and mentions ---------------------------------------------------------------------------------------------


def test_a_reply_points_into_its_own_chat_only(crew, rafi, mim):
    other = make_team()
    foreign = say(other.captain.user, other)
    with pytest.raises(NotFound):
        say(mim, crew, reply_to_id=foreign.pk)
    here = say(rafi, crew)
    assert say(mim, crew, reply_to_id=here.pk).reply_to == here


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("@mim ready?", {"mim"}),
        ("@MIM, @tanvir.", {"mim", "tanvir"}),
        ("আজ @mim আসবে", {"mim"}),
        ("@mim @mim @mim", {"mim"}),
        ("mail me: x@mim.example", set()),
        ("https://example.com/@mim", set()),
        ("@mimosa @stranger @rafi", set()),
        ("@" * 2000, set()),
    ],
)
def test_names_of_members_are_mentions(crew, rafi, body, named):
    make_user("stranger")
    message = say(rafi, crew, body)
    assert {mention.user.username for mention in message.mentions.select_related("user")} == named


def test_who_is_named_is_told_once_without_the_words(crew, rafi, mim, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = say(mim, crew, "Early")
        named = say(rafi, crew, "@mim the secret plan", reply_to_id=first.pk)

    assert told(mim) == ["teams.chat_mention"]
    news = Notification.objects.get()
    assert (news.title, news.body) == ("rafi mentioned you in the chat of Dhaka Wolves", "")
    assert news.url == f"/teams/dhaka-wolves/chat/#m{named.number}"


def test_who_is_answered_is_told_unless_muted_and_mentions_come_through(
    crew, rafi, mim, django_capture_on_commit_callbacks
):
    mine = say(mim, crew)
    with django_capture_on_commit_callbacks(execute=True):
        say(rafi, crew, "Yes", reply_to_id=mine.pk)
    assert told(mim) == ["teams.chat_reply"]

    chat.set_muted(actor=mim, team_id=crew.pk, muted=True)
    with django_capture_on_commit_callbacks(execute=True):
        say(rafi, crew, "Yes again", reply_to_id=mine.pk)
        say(rafi, crew, "@mim?")
    assert told(mim) == ["teams.chat_mention", "teams.chat_reply"]


def test_an_edit_tells_nobody_again(crew, rafi, mim, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        message = say(rafi, crew, "@mim")
    with django_capture_on_commit_callbacks(execute=True):
        chat.edit_message(actor=rafi, message_id=message.pk, body="@mim and @tanvir")

    assert told(mim) == ["teams.chat_mention"]
    assert Notification.objects.count() == 1
    assert message.mentions.count() == 2  # shown as named all the same


# --- Edit, delete, react ----------------------------------------------------------------------------------------------


def test_an_edit_is_marked_and_has_a_new_revision(crew, mim):
    message = say(mim, crew)
    chat.edit_message(actor=mim, message_id=message.pk, body="Scrim at ten?")
    message.refresh_from_db()
    assert (message.body, message.number, message.revision) == ("Scrim at ten?", 1, 2)
    assert message.edited_at is not None


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_who_quotes_a_message_changes_with_it(crew, rafi, mim, act):
    first = say(rafi, crew, "Scrim at nine?")
    answers = [say(mim, crew, "Yes", reply_to_id=first.pk), say(mim, crew, "Maybe", reply_to_id=first.pk)]
    apart = say(mim, crew, "Who brings tea?")
    known = TeamChat.objects.get().last_revision

    if act == "edit":
        chat.edit_message(actor=rafi, message_id=first.pk, body="Scrim at ten?")
    else:
        chat.delete_message(actor=rafi, message_id=first.pk)

    told = selectors.changes(seen_by(mim, crew), after=known)
    assert [entry.message for entry in told.entries] == [first, *answers]
    quoted = {entry.message.reply_to.body for entry in told.entries[1:]}
    assert quoted == {"Scrim at ten?" if act == "edit" else ""}
    assert TeamChat.objects.get().last_revision == known + 3
    apart.refresh_from_db()
    assert apart.revision == apart.number


def test_an_edit_that_changes_nothing_is_none(crew, mim):
    message = say(mim, crew)
    chat.edit_message(actor=mim, message_id=message.pk, body=" Scrim at nine? ")
    message.refresh_from_db()
    assert (message.edited_at, message.revision) == (None, 1)


def test_a_captain_does_not_put_words_into_mouths(crew, rafi, mim):
    message = say(mim, crew)
    with pytest.raises(PermissionRefused):
        chat.edit_message(actor=rafi, message_id=message.pk, body="I am a fool")
    message.refresh_from_db()
    assert message.body == "Scrim at nine?"


def test_a_deleted_message_leaves_its_place_and_no_words(crew, rafi, mim, recorded):
    message = say(mim, crew, "@rafi oops")
    chat.react(actor=rafi, message_id=message.pk, emoji="🔥")
    answer = say(rafi, crew, "What?", reply_to_id=message.pk)
    chat.delete_message(actor=mim, message_id=message.pk)

    message.refresh_from_db()
    assert (message.body, message.deleted_by, message.revision) == ("", mim, 4)
    assert (message.mentions.count(), message.reactions.count()) == (0, 0)
    answer.refresh_from_db()
    assert answer.reply_to == message
    assert recorded() == []  # one's own words are one's own affair


@pytest.mark.parametrize("role", ["captain", "co_captain"])
def test_what_a_captain_removes_is_recorded_without_the_words(crew, mim, role):
    keeper = TeamMembership.objects.get(team=crew, role=role).profile.user
    message = say(mim, crew, "Something rude")
    chat.delete_message(actor=keeper, message_id=message.pk)

    event = AuditEvent.objects.get(action="team.chat_message_removed")
    assert (event.actor_id, event.target_id) == (keeper.pk, str(crew.pk))
    assert event.old == {"message": message.pk, "author": mim.pk}
    assert "rude" not in str(event.old) + str(event.new) + event.target_label


def test_a_member_removes_nobody_elses(crew, rafi, mim):
    message = say(rafi, crew)
    with pytest.raises(PermissionRefused):
        chat.delete_message(actor=mim, message_id=message.pk)
    message.refresh_from_db()
    assert message.deleted_at is None


@pytest.mark.parametrize(
    "act",
    [
        lambda user, pk: chat.edit_message(actor=user, message_id=pk, body="Back again"),
        lambda user, pk: chat.react(actor=user, message_id=pk, emoji="🔥"),
        lambda user, pk: chat.delete_message(actor=user, message_id=pk),
    ],
    ids=["edit", "react", "delete"],
)
def test_nothing_happens_to_a_deleted_message(crew, mim, act):
    message = say(mim, crew)
    chat.delete_message(actor=mim, message_id=message.pk)
    before = ChatMessage.objects.values().get()
    with pytest.raises(Conflict, match="deleted"):
        act(mim, message.pk)
    assert ChatMessage.objects.values().get() == before


def test_a_reaction_comes_and_goes(crew, rafi, mim):
    message = say(mim, crew)
    chat.react(actor=rafi, message_id=message.pk, emoji="🔥")
    chat.react(actor=rafi, message_id=message.pk, emoji="🔥", on=True)  # again, as after a lost answer
    chat.react(actor=mim, message_id=message.pk, emoji="🔥")

    (reaction,) = selectors.one(seen_by(mim, crew), message.pk).reactions
    assert (reaction.emoji, reaction.count, reaction.is_mine, reaction.names) == ("🔥", 2, True, "rafi, mim")

    chat.react(actor=rafi, message_id=message.pk, emoji="🔥")
    assert list(ChatReaction.objects.values_list("user", flat=True)) == [mim.pk]


def test_only_our_signs_are_signs(crew, mim):
    message = say(mim, crew)
    with pytest.raises(DomainError, match="no such reaction"):
        chat.react(actor=mim, message_id=message.pk, emoji="<b>")
    assert not ChatReaction.objects.exists()


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

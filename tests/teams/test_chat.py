"""The chat's rules: say once, correct, take back, react, call people, and how much of each."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused, RateLimited
from apps.core.models import AuditEvent
from apps.notifications.models import Notification
from apps.teams import permissions
from apps.teams.models import ChatMessage, ChatReaction, TeamChat, TeamMembership
from apps.teams.selectors import chat as selectors
from apps.teams.services import chat
from apps.teams.services.rosters import leave_team
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

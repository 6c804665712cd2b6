"""Reports of board and chat: one from each reader, settled by staff, told to the author, kept from the team."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.core import slots
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.notifications.models import Notification
from apps.teams.models import BoardReply, BoardThread, ChatMessage, TalkReport
from apps.teams.services import board, chat, talk_reports
from apps.teams.services.chat import revisions
from tests.teams.matrix.place import make_moderator
from tests.teams.people import add_member, make_user
from tests.teams.talking import make_message, make_reply, make_thread

pytestmark = pytest.mark.django_db
KINDS = ("thread", "reply", "message")


@pytest.fixture
def crew(wolves, mim):
    add_member(wolves, mim)
    return wolves


@pytest.fixture
def staff(db):
    return make_moderator()


def make(kind, team, author):
    """Return something that ``author`` said."""
    if kind == "message":
        return make_message(team, author, body="You are all noobs.")
    thread = make_thread(team, author)
    return thread if kind == "thread" else make_reply(thread, author, "You are all noobs.")


def report(kind, talk, reporter, why="abuse", **words):
    return talk_reports.report_talk(actor=reporter, kind=kind, target_id=talk.pk, why=why, **words)


def is_gone(talk):
    talk.refresh_from_db()
    return (talk.deleted_at if isinstance(talk, ChatMessage) else talk.removed_at) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_reported_once_by_each_upheld_for_all_and_told_to_the_author(crew, rafi, mim, staff, kind):
    other = make_user()
    add_member(crew, other)
    talk = make(kind, crew, mim)
    first = report(kind, talk, rafi)
    assert report(kind, talk, rafi, why="spam") == first
    second = report(kind, talk, other, why="other", words="He does this daily.")
    assert {first.quoted, second.quoted} <= {"You are all noobs.", f"{getattr(talk, 'title', '')}\n\n**Why?**"}

    talk_reports.uphold_talk_report(actor=staff, report_id=first.pk, reason="No insults.")

    assert is_gone(talk)
    assert (
        list(TalkReport.objects.order_by("pk").values_list("state", "reason", "settled_by"))
        == [("upheld", "No insults.", staff.pk)] * 2
    )
    told = Notification.objects.get(recipient=mim, type="teams.talk_removed")
    assert "No insults." in told.body
    assert not Notification.objects.filter(type="teams.talk_removed").exclude(recipient=mim).exists()
    with pytest.raises(Conflict):
        talk_reports.uphold_talk_report(actor=staff, report_id=second.pk, reason="Twice")


@pytest.mark.parametrize("kind", KINDS)
def test_dismissed_it_stays_and_nobody_hears_of_it(crew, rafi, mim, staff, kind):
    talk = make(kind, crew, mim)
    found = report(kind, talk, rafi)
    talk_reports.dismiss_talk_report(actor=staff, report_id=found.pk)
    found.refresh_from_db()
    assert (found.state, is_gone(talk), Notification.objects.count()) == ("dismissed", False, 0)


def test_a_removed_message_goes_from_open_pages_too(crew, rafi, mim, staff):
    talk = make("message", crew, mim)
    before = talk.revision
    talk_reports.uphold_talk_report(actor=staff, report_id=report("message", talk, rafi).pk, reason="No insults.")
    talk.refresh_from_db()
    assert (talk.body, talk.deleted_by, talk.revision > before) == ("", staff, True)
    assert revisions.lock(crew).last_revision == talk.revision


@pytest.mark.parametrize("kind", KINDS)
def test_staff_read_what_it_said_also_when_its_author_deleted_it(crew, rafi, mim, staff, kind):
    talk = make(kind, crew, mim)
    found = report(kind, talk, rafi)
    if kind == "message":
        chat.delete_message(actor=mim, message_id=talk.pk)
    elif kind == "reply":
        board.remove_reply(actor=mim, reply_id=talk.pk)
    else:
        BoardThread.objects.all().delete()
    talk_reports.uphold_talk_report(actor=staff, report_id=found.pk, reason="No insults.")
    found.refresh_from_db()
    assert (found.state, bool(found.quoted)) == ("upheld", True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_one_may_not_see_did_write_or_is_gone_is_not_reported(crew, rafi, mim, kind):
    talk = make(kind, crew, mim)
    stranger = make_user()
    with pytest.raises(PermissionRefused):
        report(kind, talk, mim)
    with pytest.raises(PermissionRefused):
        report(kind, talk, stranger)
    with pytest.raises(NotFound):
        talk_reports.report_talk(actor=rafi, kind=kind, target_id=0, why="spam")
    if kind == "message":
        chat.delete_message(actor=mim, message_id=talk.pk)
    elif kind == "reply":
        board.remove_reply(actor=mim, reply_id=talk.pk)
    else:
        board.remove_thread(actor=mim, thread_id=talk.pk)
    with pytest.raises(Conflict):
        report(kind, talk, rafi)
    assert not TalkReport.objects.exists()


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"why": "boring"}, "why"), ({"why": "other"}, "words"), ({"why": "spam", "words": "x" * 301}, "words")],
    ids=str,
)
def test_a_wrong_field_is_named(crew, rafi, mim, asked, field):
    with pytest.raises(DomainError) as refusal:
        report("thread", make("thread", crew, mim), rafi, **asked)
    assert (refusal.value.field, TalkReport.objects.exists()) == (field, False)


def test_only_moderators_settle_and_they_give_a_reason(crew, rafi, mim, staff):
    talk = make("reply", crew, mim)
    found = report("reply", talk, rafi)
    for person in (rafi, mim, make_user()):
        with pytest.raises(PermissionRefused):
            talk_reports.uphold_talk_report(actor=person, report_id=found.pk, reason="No.")
        with pytest.raises(PermissionRefused):
            talk_reports.dismiss_talk_report(actor=person, report_id=found.pk)
    with pytest.raises(DomainError):
        talk_reports.uphold_talk_report(actor=staff, report_id=found.pk, reason=" ")
    found.refresh_from_db()
    assert (found.state, is_gone(talk)) == ("open", False)


def test_the_team_learns_that_staff_removed_it_and_not_who_told(crew, rafi, mim, staff):
    found = report("reply", make("reply", crew, mim), rafi)
    talk_reports.uphold_talk_report(actor=staff, report_id=found.pk, reason="No insults.")
    of_team = AuditEvent.objects.filter(target_type="teams.team", target_id=str(crew.pk))
    assert list(of_team.values_list("action", flat=True)) == ["team.reply_removed"]
    of_report = AuditEvent.objects.filter(action__startswith="team.talk_").order_by("pk")
    assert list(of_report.values_list("action", flat=True)) == ["team.talk_reported", "team.talk_report_upheld"]


def test_accounts_that_go_take_their_reports_and_their_words(crew, rafi, mim):
    talk = make("message", crew, mim)
    report("message", talk, rafi)
    other = make_user()
    add_member(crew, other)
    kept = report("message", talk, other)
    data = [fill(rafi) for fill in slots.fillings("personal_data")]
    assert [each["team_talk_reports"][0]["why"] for each in data if "team_talk_reports" in each] == ["abuse"]
    talk_reports.forget(rafi)
    talk_reports.forget(mim)
    kept.refresh_from_db()
    assert (TalkReport.objects.count(), kept.quoted, kept.author) == (1, "", None)


@pytest.mark.parametrize("broken", [{"kind": "reply"}, {"state": "upheld"}, {"state": "gone"}], ids=str)
def test_the_database_refuses_what_no_service_writes(crew, rafi, mim, broken):
    report("message", make("message", crew, mim), rafi)
    with pytest.raises(IntegrityError), transaction.atomic():
        TalkReport.objects.update(**broken)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_shows_what_is_reported_and_leads_back(client, crew, rafi, mim, kind):
    talk = make(kind, crew, mim)
    client.force_login(rafi)
    address = reverse(f"teams:report_{kind}", args=[crew.slug, talk.pk])
    assert talk.body in client.get(address).content.decode()
    wrong = client.post(address, {"why": "other", "words": ""})
    assert (wrong.status_code, "Say in a few words" in wrong.content.decode()) == (422, True)
    done = client.post(address, {"why": "spam", "words": "An advert"}, follow=True)
    assert (done.status_code, "Staff will look at it" in done.content.decode()) == (200, True)
    assert TalkReport.objects.get().words == "An advert"


def test_staff_settle_them_in_the_admin(client, crew, rafi, mim, staff, settings):
    settings.ADMIN_REQUIRE_MFA = False
    found = report("thread", make("thread", crew, mim), rafi)
    client.force_login(staff)
    address = reverse("admin:teams_talkreport_changelist")
    assert "**Why?**" in client.get(address).content.decode()
    client.post(address, {"action": "uphold", "_selected_action": [found.pk], "reason": "Advertising"})
    found.refresh_from_db()
    assert (found.state, BoardReply.objects.count(), BoardThread.objects.filter(removed_at=None).count()) == (
        "upheld",
        0,
        0,
    )

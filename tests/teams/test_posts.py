"""Posts: written once, published or decided about, changed, removed and brought back."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import images
from apps.core import slots
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused, RateLimited
from apps.notifications.models import Notification
from apps.teams import permissions
from apps.teams.models import Team, TeamPost, TeamPostPicture, TeamPostReport
from apps.teams.permissions import posts as rules
from apps.teams.selectors import posts as selectors
from apps.teams.services import follows, posts
from apps.teams.services.posts.settings import set_post_settings
from apps.teams.services.posts.writing import NewPicture, Words
from tests.common.pictures import picture
from tests.teams.matrix.posts import SEEN
from tests.teams.matrix.who import OUTSIDERS, WHO
from tests.teams.people import add_member, make_user
from tests.teams.posting import make_post
from tests.teams.test_permissions import FLAGS_ON, furnished

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(wolves, mim):
    """Wolves with Mim, whose posts have to wait."""
    add_member(wolves, mim)
    Team.objects.update(posts_need_approval=True)
    wolves.refresh_from_db()
    return wolves


def write(author, team, *, publish=True, client_id=None, pictures=(), **words):
    words = {"title": "We won", "body": "Two to nil."} | words
    return posts.create_post(
        actor=author,
        team_id=team.pk,
        words=Words(**words),
        client_id=client_id or uuid4(),
        publish=publish,
        pictures=pictures,
    )


def edit(author, post, *, publish=False, **changes):
    words = {"title": post.title, "body": post.body, "kind": post.kind, "audience": post.audience}
    extra = {name: changes.pop(name) for name in ("pictures", "dropped", "alts") if name in changes}
    return posts.edit_post(actor=author, post_id=post.pk, words=Words(**(words | changes)), publish=publish, **extra)


def told(user):
    return sorted(Notification.objects.filter(recipient=user).values_list("type", flat=True))


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_a_captain_publishes_at_once(crew, rafi, recorded):
    post = write(rafi, crew)
    assert (post.state, post.published_at is not None) == ("published", True)
    assert recorded() == ["team.post_published"]


def test_two_clicks_are_one_post(crew, rafi):
    same = uuid4()
    assert write(rafi, crew, client_id=same) == write(rafi, crew, client_id=same, title="Again")
    assert [post.title for post in TeamPost.objects.all()] == ["We won"]


@pytest.mark.parametrize(
    ("words", "field", "sentence"),
    [
        ({"title": " \u200b "}, "title", "Give it a title"),
        ({"title": "x" * 121}, "title", "at most 120 characters. Yours has 121"),
        ({"body": " \n "}, "body", "Write something first"),
        ({"body": "x" * 5001}, "body", "at most 5000 characters. Yours has 5001"),
        ({"audience": "aliens"}, "audience", "Choose who sees it"),
        ({"on_top_until": timezone.localdate()}, "on_top_until", "Only announcements"),
        (
            {"kind": "announcement", "on_top_until": timezone.localdate() + timedelta(days=90)},
            "on_top_until",
            "at most 60 days",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(crew, rafi, words, field, sentence):
    with pytest.raises(DomainError, match=sentence) as refusal:
        write(rafi, crew, **words)
    assert refusal.value.field == field
    assert not TeamPost.objects.exists()


def test_markdown_keeps_its_indents_and_loses_what_is_hidden(crew, rafi):
    post = write(rafi, crew, body="- a\r\n    - b\u202e\n\n\n\ncode\x00")
    assert post.body == "- a\n    - b\n\n\n\ncode"


def test_an_inactive_member_and_a_superuser_do_not_write(crew):
    sleeper = make_user()
    add_member(crew, sleeper, status="inactive", left_at=None)
    for somebody in (sleeper, make_user(is_superuser=True)):
        with pytest.raises(PermissionRefused):
            write(somebody, crew)
    assert not TeamPost.objects.exists()


def test_eleven_posts_in_an_hour_are_too_many(crew, rafi):
    for _ in range(10):
        write(rafi, crew)
    with pytest.raises(RateLimited):
        write(rafi, crew)
    assert TeamPost.objects.count() == 10


def test_the_database_holds_the_states_together(crew):
    for wrong in (
        {"state": "removed", "removed_at": None},
        {"state": "rejected"},
        {"on_top_until": timezone.localdate()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_post(crew, **wrong)


# --- Approval ---------------------------------------------------------------------------------------------------------


def test_a_member_s_post_waits_and_a_captain_publishes_it(crew, rafi, mim, django_capture_on_commit_callbacks):
    fan = make_user()
    follows.follow_team(actor=fan, team_id=crew.pk)
    with django_capture_on_commit_callbacks(execute=True):
        post = write(mim, crew)
    assert post.state == "pending"
    assert (told(rafi), told(mim), told(fan)) == (["teams.post_waiting"], [], [])

    with django_capture_on_commit_callbacks(execute=True):
        posts.approve_post(actor=rafi, post_id=post.pk)
    post.refresh_from_db()
    assert (post.state, post.decided_by) == ("published", rafi)
    assert (told(mim), told(fan)) == (["teams.post_approved"], ["teams.followed_post"])


def test_a_post_that_is_sent_back_carries_the_reason_and_can_come_again(
    crew, rafi, mim, django_capture_on_commit_callbacks
):
    post = write(mim, crew)
    with pytest.raises(DomainError, match="Say why"):
        posts.reject_post(actor=rafi, post_id=post.pk, reason="  ")
    with django_capture_on_commit_callbacks(execute=True):
        posts.reject_post(actor=rafi, post_id=post.pk, reason="The score is wrong.")
    assert "The score is wrong." in Notification.objects.get(recipient=mim).body

    again = edit(mim, post, body="Two to one.", publish=True)
    assert (again.state, again.reason) == ("pending", "")
    with pytest.raises(Conflict):
        posts.reject_post(actor=rafi, post_id=write(rafi, crew).pk, reason="Late")


def test_a_changed_post_waits_again(crew, rafi, mim):
    post = write(mim, crew)
    posts.approve_post(actor=rafi, post_id=post.pk)

    changed = edit(mim, post, body="Something else entirely")
    assert (changed.state, changed.edited_at is not None) == ("pending", True)
    mine = write(rafi, crew)
    assert (edit(rafi, mine, body="New").state, edit(rafi, mine, body="New").edited_at is not None) == (
        "published",
        True,
    )


def test_only_settings_people_change_the_setting(crew, rafi, mim, recorded):
    with pytest.raises(PermissionRefused):
        set_post_settings(actor=mim, team_id=crew.pk, posts_need_approval=False)
    for _ in range(2):
        set_post_settings(actor=rafi, team_id=crew.pk, posts_need_approval=False)
    assert recorded() == ["team.post_settings_changed"]
    assert write(mim, crew).state == "published"


# --- Announcements ----------------------------------------------------------------------------------------------------


def test_an_announcement_tells_members_and_followers_once(crew, rafi, mim, django_capture_on_commit_callbacks):
    fan = make_user()
    follows.follow_team(actor=fan, team_id=crew.pk)
    with django_capture_on_commit_callbacks(execute=True):
        write(rafi, crew, kind="announcement")
        write(rafi, crew, kind="announcement", audience="members")
    assert told(mim) == ["teams.announcement"] * 2
    assert told(fan) == ["teams.followed_post"]
    assert told(rafi) == []


def test_a_member_announces_where_the_captain_has_opened_it(crew, mim):
    with pytest.raises(PermissionRefused):
        write(mim, crew, kind="announcement")
    Team.objects.update(members_can_post_announcements=True)
    assert write(mim, crew, kind="announcement").state == "published"


def test_pinned_and_announced_stand_on_top_until_their_day(crew, rafi, client):
    old = make_post(crew, title="Pinned", is_pinned=True, published_at=timezone.now() - timedelta(days=9))
    day = timezone.localdate()
    make_post(crew, title="Over", kind="announcement", on_top_until=day - timedelta(days=1))
    make_post(
        crew, title="Today", kind="announcement", on_top_until=day, published_at=timezone.now() - timedelta(days=3)
    )
    found = selectors.posts_page(permissions.standing(rafi, crew))
    assert [post.title for post in found.on_top] == ["Pinned", "Today"]
    assert [post.title for post in found.page.rows] == ["Over"]
    assert old.stands_on_top


def test_three_posts_are_pinned_at_most(crew, rafi):
    made = [make_post(crew) for _ in range(4)]
    for post in made[:3]:
        posts.pin_post(actor=rafi, post_id=post.pk, pinned=True)
    with pytest.raises(Conflict, match="3 posts are pinned"):
        posts.pin_post(actor=rafi, post_id=made[3].pk, pinned=True)
    assert TeamPost.objects.filter(is_pinned=True).count() == 3


# --- Removing ---------------------------------------------------------------------------------------------------------


def test_a_removed_post_comes_back_for_a_week(crew, rafi, mim):
    post = make_post(crew, mim)
    posts.remove_post(actor=mim, post_id=post.pk)
    with pytest.raises(NotFound):
        selectors.post_of(permissions.standing(rafi, crew), post.pk)
    assert posts.restore_post(actor=mim, post_id=post.pk).state == "published"

    posts.remove_post(actor=mim, post_id=post.pk)
    TeamPost.objects.update(removed_at=timezone.now() - timedelta(days=8))
    with pytest.raises(Conflict, match="for a week"):
        posts.restore_post(actor=mim, post_id=post.pk)
    assert posts.purge_removed_posts() == 1
    assert not TeamPost.objects.exists()


def test_a_captain_says_why_and_the_author_reads_it(crew, rafi, mim, django_capture_on_commit_callbacks):
    post = make_post(crew, mim)
    with pytest.raises(DomainError, match="Say why"):
        posts.remove_post(actor=rafi, post_id=post.pk)
    with django_capture_on_commit_callbacks(execute=True):
        posts.remove_post(actor=rafi, post_id=post.pk, reason="Not our news")
    assert "Not our news" in Notification.objects.get(recipient=mim, type="teams.post_removed").body
    with pytest.raises(PermissionRefused):
        posts.restore_post(actor=mim, post_id=post.pk)


# --- Reports ----------------------------------------------------------------------------------------------------------


def test_a_report_is_one_for_each_reader_and_staff_settle_it(crew, rafi, mim, recorded):
    post, reader, staff = make_post(crew, mim), make_user(), make_user(is_superuser=True, is_staff=True)
    first = posts.report_post(actor=reader, post_id=post.pk, why="spam")
    assert posts.report_post(actor=reader, post_id=post.pk, why="abuse") == first
    with pytest.raises(PermissionRefused):
        posts.dismiss_report(actor=rafi, report_id=first.pk)
    posts.dismiss_report(actor=staff, report_id=first.pk)
    second = posts.report_post(actor=rafi, post_id=post.pk, why="other", words="Lies")
    posts.uphold_report(actor=staff, report_id=second.pk, reason="It is a lie.")

    assert list(TeamPostReport.objects.order_by("pk").values_list("state", flat=True)) == ["dismissed", "upheld"]
    post.refresh_from_db()
    assert (post.state, post.reason) == ("removed", "It is a lie.")
    with pytest.raises(Conflict):
        posts.uphold_report(actor=staff, report_id=second.pk, reason="Twice")
    assert recorded() == [
        "team.post_reported",
        "team.post_report_dismissed",
        "team.post_reported",
        "team.post_removed",
    ]


def test_what_staff_removed_on_a_report_is_kept(crew, mim):
    post, staff = make_post(crew, mim), make_user(is_superuser=True, is_staff=True)
    report = posts.report_post(actor=make_user(), post_id=post.pk, why="spam")
    posts.uphold_report(actor=staff, report_id=report.pk, reason="Spam")
    TeamPost.objects.update(removed_at=timezone.now() - timedelta(days=8))
    assert posts.purge_removed_posts() == 0


# --- Who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [{}, FLAGS_ON], ids=["flags off", "flags on"])
def test_who_reads_which_post_and_the_queryset_says_the_same(flags):
    place = furnished()
    for public in (True, False):
        Team.objects.filter(pk=place.team.pk).update(is_public=public, **flags)
        place.team.refresh_from_db()
        for who in WHO:
            standing = permissions.standing(place.people.get(who) or AnonymousUser(), place.team)
            hidden = not public and who in OUTSIDERS
            for name, readers in SEEN.items():
                post = place.posts[name]
                assert (who, name, rules.can_see_post(standing, post)) == (who, name, who in readers and not hidden)
                if not hidden:
                    assert rules.posts_seen_by(standing).filter(pk=post.pk).exists() == (who in readers)


# --- Pictures, data ---------------------------------------------------------------------------------------------------


def test_pictures_come_and_go_with_their_files(crew, rafi, django_capture_on_commit_callbacks, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    shot = images.process(BytesIO(picture((640, 360))), purpose="team_post")
    post = write(rafi, crew, pictures=[NewPicture(shot, "A cup"), NewPicture(shot)])
    first, second = post.pictures.all()
    assert [(p.position, p.alt) for p in (first, second)] == [(1, "A cup"), (2, "")]
    assert all(map(default_storage.exists, first.image.file_names))

    with pytest.raises(DomainError, match="at most 4 pictures"):
        edit(rafi, post, pictures=[NewPicture(shot)] * 3)
    with django_capture_on_commit_callbacks(execute=True):
        edit(rafi, post, dropped=[first.pk], alts={second.pk: "The crowd"}, pictures=[NewPicture(shot)])
    assert [(p.position, p.alt) for p in post.pictures.all()] == [(1, ""), (2, "The crowd")]
    assert not any(map(default_storage.exists, first.image.file_names))

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        posts.forget(rafi)
    assert not TeamPostPicture.objects.exists()
    assert list(tmp_path.rglob("*.webp")) == []


def test_an_export_holds_what_one_posted_and_nobody_elses(crew, rafi, mim):
    make_post(crew, rafi, title="Not mine")
    mine = make_post(crew, mim, title="Mine", state="draft")
    found = {}
    for fill in slots.fillings("personal_data"):
        found |= fill(mim)
    assert [row["title"] for row in found["team_posts"]] == ["Mine"]
    posts.forget(mim)
    assert not TeamPost.objects.filter(pk=mine.pk).exists()
    assert TeamPost.objects.get().title == "Not mine"

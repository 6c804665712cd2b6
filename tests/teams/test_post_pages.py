"""The pages of posts, their API and the queue of staff, as a form, a program and a moderator use them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.teams.models import ChatMessage, TeamPost, TeamRankingBreakdown
from apps.teams.selectors import ranking_sources
from apps.teams.services import posts
from tests.teams.people import add_member, make_team, make_user
from tests.teams.posting import make_post

pytestmark = pytest.mark.django_db
WORDS = {"title": "We won", "body": "**Two** to nil.", "audience": "public", "act": "publish"}


@pytest.fixture
def crew(wolves, mim):
    add_member(wolves, mim)
    return wolves


def url(name, team, *args):
    return reverse(f"teams:{name}", args=[team.slug, *args])


def cost(client, address, django_assert_max_num_queries):
    client.get(address)
    with django_assert_max_num_queries(1000) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_form_is_enough_to_publish(crew, mim, client):
    client.force_login(mim)
    response = client.post(url("write_post", crew), WORDS | {"client_id": uuid4()}, follow=True)
    page = response.content.decode()
    assert "<strong>Two</strong> to nil." in page
    assert "Published." in page


def test_a_draft_is_seen_by_its_author_alone(crew, rafi, mim, client):
    client.force_login(mim)
    client.post(url("write_post", crew), WORDS | {"act": "draft"})
    assert "We won" in client.get(url("posts", crew)).content.decode()
    client.force_login(rafi)
    assert "We won" not in client.get(url("posts", crew)).content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"title": ""}, "This field is required"),
        ({"body": "\x00"}, "Null characters are not allowed"),
        ({"body": "x" * 1_000_000}, "at most 5000 characters"),
        ({"audience": "aliens"}, "Select a valid choice"),
        ({"client_id": "nonsense"}, "Reload the page"),
    ],
    ids=["no title", "NUL", "a megabyte", "audience", "id"],
)
def test_what_is_wrong_comes_back_with_what_was_typed(crew, mim, client, data, sentence):
    client.force_login(mim)
    response = client.post(url("write_post", crew), WORDS | data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    if "title" not in data:
        assert "We won" in response.content.decode()
    assert not TeamPost.objects.exists()


def test_a_post_of_another_team_is_not_reached_through_mine(crew, client):
    foreign = make_post(make_team())
    for name in ("post", "edit_post", "remove_post", "report_post"):
        client.force_login(crew.captain.user)
        assert client.get(url(name, crew, foreign.pk)).status_code == 404
    assert client.get(url("post", crew, 2**70)).status_code == 404


def test_the_queue_publishes_and_sends_back(crew, rafi, mim, client):
    first, second = (make_post(crew, mim, state="pending", title=title) for title in ("First", "Second"))
    client.force_login(rafi)
    assert "First" in client.get(url("manage_posts", crew)).content.decode()
    client.post(url("approve_post", crew, first.pk))
    refused = client.post(url("reject_post", crew, second.pk), {"reason": ""})
    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)
    client.post(url("reject_post", crew, second.pk), {"reason": "Wrong score"})
    assert list(TeamPost.objects.order_by("pk").values_list("state", "reason")) == [
        ("published", ""),
        ("rejected", "Wrong score"),
    ]
    again = client.post(url("approve_post", crew, second.pk), follow=True)
    assert "does not wait any more" in again.content.decode()


def test_the_list_goes_on_where_it_ended_and_costs_the_same(crew, client, django_assert_max_num_queries):
    make_post(crew, is_pinned=True)
    make_post(crew)
    few = cost(client, url("posts", crew), django_assert_max_num_queries)
    for _ in range(30):
        make_post(crew, make_user())
    # Team; followers; on top with pictures; the page with pictures.
    assert (few, cost(client, url("posts", crew), django_assert_max_num_queries)) == (6, 6)

    seen, after = [], ""
    while after is not None:
        found = client.get(url("posts", crew) + f"?after={after}").context
        seen += [post.pk for post in [*found["on_top"], *found["page"].rows]]
        after = found["page"].next_cursor or None
    assert len(seen) == len(set(seen)) == 32


def test_the_api_lists_and_writes(crew, mim, client):
    make_post(crew, audience="members", title="For us")
    address = "/api/v1/teams/dhaka-wolves/posts/"
    assert client.get(address).json() == {"results": [], "next": None}
    client.force_login(mim)
    made = client.post(address, WORDS)
    assert (made.status_code, made.json()["state"], made.json()["author"]) == (201, "published", "mim")
    assert [row["title"] for row in client.get(address).json()["results"]] == ["We won", "For us"]
    assert client.post(address, WORDS | {"title": ""}).status_code == 400


def test_moderators_settle_reports_in_the_admin(crew, mim, client, settings):
    settings.ADMIN_REQUIRE_MFA = False
    post = make_post(crew, mim)
    report = posts.report_post(actor=make_user(), post_id=post.pk, why="spam")
    client.force_login(make_user(is_superuser=True, is_staff=True))
    address = reverse("admin:teams_teampostreport_changelist")
    data = {"action": "uphold", "_selected_action": [report.pk], "reason": "Advertising"}
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    post.refresh_from_db()
    assert (post.state, post.reason) == ("removed", "Advertising")
    for name in ("teampost", "teamfollow"):
        assert client.get(reverse(f"admin:teams_{name}_changelist")).status_code == 200


# --- What it earns ----------------------------------------------------------------------------------------------------


def test_posts_and_days_with_chat_are_counted_as_their_rows(crew, rafi, mim):
    at = timezone.now()
    for number in range(40):
        make_post(crew, rafi, published_at=at - timedelta(hours=number))
    make_post(crew, rafi, published_at=at - timedelta(days=31))
    make_post(crew, rafi, state="draft")
    for number, days in enumerate((0, 0, 1, 29, 31), 1):
        message = ChatMessage.objects.create(team=crew, author=mim, number=number, revision=number, body="Hello")
        ChatMessage.objects.filter(pk=message.pk).update(created_at=at - timedelta(days=days))

    counted = {}
    for source in ranking_sources.sources():
        for row in source.count(at):
            if row["team_id"] == crew.pk:
                counted |= {name: row[name] for name in source.components}
        for name in {"posts", "chat_days"} & set(source.components):
            assert len([row for row in source.rows(crew, at) if row.component == name]) == counted[name]
    assert (counted["posts"], counted["chat_days"]) == (30, 3)


def test_the_ranking_gives_points_for_them(crew, rafi):
    from apps.teams.services.ranking_service import ranking_service

    make_post(crew, rafi, audience="members", title="A secret plan")
    ranking_service.recalculate_all_teams(reason="test")
    assert TeamRankingBreakdown.objects.get(team=crew).posts == 1
    source = next(s for s in ranking_sources.sources() if "posts" in s.components)
    assert [row.text for row in source.rows(crew, timezone.now())] == ["A post for members"]

"""Following teams: once, as long as one sees the team, and hearing of what it does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from apps.core import slots
from apps.core.errors import NotFound, RateLimited
from apps.notifications.models import Notification
from apps.notifications.registry import get
from apps.teams import permissions
from apps.teams.models import Team, TeamFollow
from apps.teams.selectors import follows as selectors
from apps.teams.services import follows, results
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db


def following(user, team):
    return selectors.following(permissions.standing(user, team))


def page_of(client, url, django_assert_max_num_queries):
    client.get(url)
    with django_assert_max_num_queries(1000) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_following_twice_is_following_once(wolves, mim, recorded):
    assert follows.follow_team(actor=mim, team_id=wolves.pk) is True
    assert follows.follow_team(actor=mim, team_id=wolves.pk) is False

    assert (following(mim, wolves).count, following(mim, wolves).is_mine) == (1, True)
    assert recorded() == ["team.followed"]


def test_ending_it_twice_is_ending_it_once(wolves, mim, recorded):
    follows.follow_team(actor=mim, team_id=wolves.pk)
    assert follows.unfollow_team(actor=mim, team_id=wolves.pk) is True
    assert follows.unfollow_team(actor=mim, team_id=wolves.pk) is False

    assert (following(mim, wolves).count, following(mim, wolves).is_mine) == (0, False)
    assert recorded() == ["team.followed", "team.unfollowed"]


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_are_one_follower(rafi, wolves, mim, standard_criteria):
    barrier = Barrier(8)

    def click(_):
        try:
            barrier.wait(20)
            return follows.follow_team(actor=mim, team_id=wolves.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(click, range(8))) == [False] * 7 + [True]
    assert TeamFollow.objects.count() == 1


def test_a_private_team_is_followed_by_its_members_alone(wolves, rafi, mim):
    Team.objects.update(is_public=False)
    with pytest.raises(NotFound):
        follows.follow_team(actor=mim, team_id=wolves.pk)
    assert follows.follow_team(actor=rafi, team_id=wolves.pk) is True
    assert TeamFollow.objects.count() == 1


def test_a_follow_sleeps_while_the_team_is_private_and_can_be_ended(wolves, mim, client):
    follows.follow_team(actor=mim, team_id=wolves.pk)
    Team.objects.update(is_public=False)
    client.force_login(mim)

    assert "Dhaka Wolves" not in client.get(reverse("teams:teams_followed")).content.decode()
    assert list(selectors.hearers(Team.objects.get())) == []
    response = client.post(reverse("teams:unfollow", args=["dhaka-wolves"]))
    assert response["Location"] == reverse("teams:teams_followed")
    assert not TeamFollow.objects.exists()


def test_a_closed_account_is_no_follower(wolves, mim):
    follows.follow_team(actor=mim, team_id=wolves.pk)
    mim.is_active = False
    mim.save()
    assert following(make_user(), wolves).count == 0
    assert selectors.followers(wolves).rows == []


def test_too_many_follows_are_refused(mim, monkeypatch):
    monkeypatch.setattr("apps.teams.services.follows.FOLLOWS_PER_HOUR", 2)
    teams = [make_team() for _ in range(3)]
    for team in teams[:2]:
        follows.follow_team(actor=mim, team_id=team.pk)
    with pytest.raises(RateLimited):
        follows.follow_team(actor=mim, team_id=teams[2].pk)
    assert TeamFollow.objects.count() == 2


# --- Hearing ----------------------------------------------------------------------------------------------------------


def record(team, **facts):
    boss = make_user(is_superuser=True)
    facts = {"played_on": timezone.localdate(), "placement": 2} | facts
    return results.record_result(actor=boss, team_id=team.pk, tournament_id=7, tournament_name="Dhaka Open", **facts)


def test_followers_hear_of_a_result_once_and_members_do_not(wolves, rafi, mim, django_capture_on_commit_callbacks):
    follows.follow_team(actor=mim, team_id=wolves.pk)
    follows.follow_team(actor=rafi, team_id=wolves.pk)
    for prize in (0, 500):  # the second corrects what is no news
        with django_capture_on_commit_callbacks(execute=True):
            record(wolves, prize=prize)

    news = Notification.objects.filter(type="teams.followed_result")
    assert [(row.recipient, row.title) for row in news] == [(mim, "Dhaka Wolves: 2nd place in Dhaka Open")]
    assert get("teams.followed_result").channels == {"in_app"}


@pytest.mark.parametrize("why", ["history", "private", "withdrawn"])
def test_what_is_no_news_is_not_told(wolves, mim, why, django_capture_on_commit_callbacks):
    follows.follow_team(actor=mim, team_id=wolves.pk)
    if why == "private":
        Team.objects.update(is_public=False)
    facts = {
        "history": {"played_on": timezone.localdate() - timedelta(days=15)},
        "withdrawn": {"status": "withdrawn", "placement": None, "played_on": None},
    }
    with django_capture_on_commit_callbacks(execute=True):
        record(wolves, **facts.get(why, {}))
    assert not Notification.objects.filter(type="teams.followed_result").exists()


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_the_button_follows_and_comes_back_alone_for_htmx(wolves, mim, client):
    client.force_login(mim)
    page = client.get(wolves.get_absolute_url()).content.decode()
    assert 'aria-label="Follow Dhaka Wolves"' in page

    answer = client.post(reverse("teams:follow", args=[wolves.slug]), headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert 'aria-label="Unfollow Dhaka Wolves"' in text
    assert "<html" not in text
    assert '<span class="num">1</span> follower' in text


def test_a_form_post_leads_back_and_never_elsewhere(wolves, mim, client):
    client.force_login(mim)
    url = reverse("teams:follow", args=[wolves.slug])
    assert client.post(url)["Location"] == wolves.get_absolute_url()
    assert client.post(url, {"next": "/teams/following/"})["Location"] == "/teams/following/"
    assert client.post(url, {"next": "https://evil.example/"})["Location"] == wolves.get_absolute_url()


def test_a_visitor_is_led_to_the_log_in(wolves, client):
    page = client.get(wolves.get_absolute_url()).content.decode()
    assert f"/accounts/login/?next={wolves.get_absolute_url()}" in page


@pytest.mark.parametrize("name", ["followers", "teams_followed"])
def test_the_lists_go_on_where_they_ended_and_cost_the_same(wolves, mim, client, name, django_assert_max_num_queries):
    def follow(number):
        for _ in range(number):
            if name == "followers":
                TeamFollow.objects.create(team=wolves, profile=make_user().profile)
            else:
                TeamFollow.objects.create(team=make_team(), profile=mim.profile)

    client.force_login(mim)
    url = reverse(f"teams:{name}", args=[wolves.slug] if name == "followers" else [])
    follow(2)
    few = page_of(client, url, django_assert_max_num_queries)
    follow(33)
    assert page_of(client, url, django_assert_max_num_queries) == few

    first = client.get(url).context["page"]
    second = client.get(f"{url}?after={first.next_cursor}").context["page"]
    rows = [*first.rows, *second.rows]
    assert len(rows) == len({row.pk for row in rows}) == 35
    assert [row.pk for row in rows] == sorted((row.pk for row in rows), reverse=True)


def test_the_api_follows_and_ends_it(wolves, mim, client):
    client.force_login(mim)
    url = "/api/v1/teams/dhaka-wolves/follow/"
    assert client.get(url).json() == {"following": False, "followers": 0}
    for _ in range(2):
        assert client.put(url).json() == {"following": True, "followers": 1}
    assert client.delete(url).json() == {"following": False, "followers": 0}


def test_an_export_names_the_teams_one_follows(wolves, mim):
    follows.follow_team(actor=mim, team_id=wolves.pk)
    add_member(wolves)
    found = {}
    for fill in slots.fillings("personal_data"):
        found |= fill(mim)
    assert [row["team_name"] for row in found["teams_followed"]] == ["Dhaka Wolves"]

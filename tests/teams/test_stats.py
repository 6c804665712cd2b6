"""The team in figures: what the charts hold, who sees the inner ones, and for how long they are kept."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.teams import permissions
from apps.teams.models import ChatMessage, RosterChange, Team, TeamFollow, TeamPost, TeamRankingHistory
from apps.teams.selectors import stats
from apps.teams.services.ranking_service import ranking_service
from apps.teams.services.results import record_result
from tests.teams.club import make_practice, make_result, say, today
from tests.teams.people import add_member, make_team, make_user
from tests.teams.test_pages import queries_of, text

pytestmark = pytest.mark.django_db


def url(team):
    return reverse("teams:stats", args=[team.slug])


def ago(**time):
    return timezone.now() - timedelta(**time)


def points(team, after, before=0, **time):
    TeamRankingHistory.objects.create(
        team=team, before=before, after=after, source="recalculation", reason="Night", created_at=ago(**time)
    )


def values(series):
    return [datum.value for datum in series]


def test_points_and_places_are_told_week_by_week(wolves):
    wolves.created_at = ago(weeks=20)
    wolves.save()
    ravens, tide = make_team("Ravens"), make_team("Tide")
    make_team("Hidden", is_public=False, pk=9001)
    other_game = make_team("Other", game="cs2")
    points(wolves, 100, weeks=5)
    points(wolves, 300, before=100, weeks=1, days=1)
    points(ravens, 200, weeks=6)
    points(tide, 100, weeks=6)
    points(Team.objects.get(pk=9001), 900, weeks=6)
    points(other_game, 900, weeks=6)

    found = stats.standings_of(wolves)

    assert values(found.points) == [100, 300]
    # Behind Ravens, level with Tide, until the week before this one.
    assert values(found.places) == [2, 2, 2, 2, 1, 1]
    assert found.places[-1].label == f"{today():%-d %b}"


def test_a_private_team_has_points_and_no_place(wolves):
    points(wolves, 100, weeks=2)
    wolves.is_public = False
    wolves.save()
    assert (len(stats.standings_of(wolves).points), stats.standings_of(wolves).places) == (1, ())


def test_roster_and_followers_over_time(wolves):
    member = add_member(wolves, joined_at=ago(weeks=3, days=1))
    RosterChange.objects.create(
        team=wolves,
        profile=member.profile,
        membership=member,
        kind="inactive",
        role="player",
        status="inactive",
        at=ago(weeks=1, days=1),
    )
    for weeks in (20, 2):
        follow = TeamFollow.objects.create(team=wolves, profile=make_user().profile)
        TeamFollow.objects.filter(pk=follow.pk).update(created_at=ago(weeks=weeks, days=1))
    found = stats.figures_of(wolves)
    # The captain came today.
    assert values(found.roster) == [1, 1, 0, 1]
    assert values(found.followers) == [1] * 9 + [2] * 3


def test_what_happens_inside_by_week_and_who_comes(wolves, rafi):
    mim = add_member(wolves, make_user("mim")).profile.user
    gone = make_user("gone")
    for hours, people in ((-3, [rafi, mim]), (-24 * 8, [rafi, gone]), (-24 * 200, [rafi])):
        say(make_practice(wolves, hours=hours), *people)
    make_practice(wolves, hours=-5, cancelled=True)
    make_practice(wolves, hours=5)
    for number in (1, 2):
        ChatMessage.objects.create(team=wolves, author=rafi, number=number, revision=number, body="Hello")
    for state, weeks in (("published", 1), ("published", 1), ("draft", 1)):
        TeamPost.objects.create(
            team=wolves, author=rafi, title="News", body="x", state=state, published_at=ago(weeks=weeks, days=1)
        )
    found = stats.activity_of(wolves)
    assert values(found.posts) == [0] * 10 + [2, 0]
    assert values(found.practice) == [0] * 10 + [1, 1]
    assert values(found.chat_days) == [0] * 11 + [1]
    assert [(datum.label, datum.value) for datum in found.coming] == [
        (rafi.profile.display_name, 2),
        (mim.profile.display_name, 1),
    ]


@pytest.mark.parametrize("role", ["player", "coach", "co_captain", "captain", ""])
@pytest.mark.parametrize("flag", [True, False])
def test_the_flag_opens_the_inside_to_members_and_to_nobody_else(client, wolves, rafi, role, flag):
    Team.objects.filter(pk=wolves.pk).update(members_can_view_stats=flag)
    person = rafi if role == "captain" else make_user()
    if role not in {"", "captain"}:
        add_member(wolves, person, role)
    sees = role in {"captain", "co_captain"} or (bool(role) and flag)
    wolves.refresh_from_db()
    assert permissions.can_view_stats(permissions.standing(person, wolves)) is sees
    client.force_login(person)
    assert ("Inside the team" in text(client.get(url(wolves)))) is sees


def test_figures_are_kept_and_forgotten_when_they_change(wolves, rafi, django_capture_on_commit_callbacks):
    boss = make_user("boss", is_superuser=True)
    assert values(stats.figures_of(wolves).placements) == []
    make_result(wolves, place=1)
    assert values(stats.figures_of(wolves).placements) == []  # nobody said that it changed
    with django_capture_on_commit_callbacks(execute=True):
        record_result(
            actor=boss, team_id=wolves.pk, tournament_id=77, tournament_name="Cup", placement=2, played_on=today()
        )
    assert values(stats.figures_of(wolves).placements) == [1, 1, 0, 0]

    assert stats.standings_of(wolves).points == ()
    with django_capture_on_commit_callbacks(execute=True):
        ranking_service.recalculate_all_teams()
    assert len(stats.standings_of(wolves).points) == 1


def test_one_team_that_changes_leaves_the_others_alone(wolves):
    ravens = make_team("Ravens")
    for team in (wolves, ravens):
        stats.figures_of(team)
        make_result(team, place=1)
    stats.forget(wolves.pk)
    assert [bool(stats.figures_of(team).placements) for team in (wolves, ravens)] == [True, False]


def test_the_page_costs_the_same_for_little_and_for_much_and_less_when_it_is_kept(
    client, wolves, rafi, django_assert_num_queries, django_assert_max_num_queries
):
    def furnish(count):
        for number in range(count):
            member = add_member(wolves).profile.user
            points(wolves, 100 + number, weeks=number)
            points(make_team(), 100 + number, weeks=number)
            make_result(wolves, place=3)
            say(make_practice(wolves, hours=-30 * number - 3), rafi, member)
            TeamFollow.objects.create(team=wolves, profile=member.profile)

    def cold():
        stats.forget(wolves.pk)
        stats.forget_points()
        with django_assert_max_num_queries(100) as captured:
            client.get(url(wolves))
        return len(captured)

    client.force_login(rafi)
    furnish(1)
    warm = queries_of(client, url(wolves), django_assert_max_num_queries)
    few = cold()
    furnish(5)
    # History; own points, others' counts; results, roster, followers; practice, chat, posts, answers.
    assert (cold(), few) == (few, warm + 10)


def test_a_team_without_a_past_has_a_page(client, wolves):
    assert "In figures" in text(client.get(url(wolves)))

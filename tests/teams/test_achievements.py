"""The shelf: who fills it, who confirms it, what counts, and what results put there by themselves."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused, RateLimited
from apps.core.models import AuditEvent, Job
from apps.notifications.models import Notification
from apps.teams import tasks
from apps.teams.models import RosterChange, TeamAchievement, TeamTournamentRegistration
from apps.teams.permissions import standing
from apps.teams.selectors import careers, history, rank_explained
from apps.teams.selectors.achievements import shelf
from apps.teams.services import achievements as services
from apps.teams.services.achievement_reviews import confirm_achievement, reject_achievement
from apps.teams.services.milestones import settle_all_milestones, settle_milestones
from apps.teams.services.ranking_service import ranking_service
from apps.teams.services.results import record_result
from tests.teams.club import make_achievement, make_result, today
from tests.teams.people import add_member, make_team, make_user

pytestmark = pytest.mark.django_db
Status = TeamAchievement.Status


@pytest.fixture
def boss(db):
    return make_user("boss", is_superuser=True, is_staff=True)


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("type", flat=True))


def add(team, actor, **changes):
    return services.add_achievement(
        actor=actor, team_id=team.pk, **{"title": "Mirpur LAN", "achieved_on": today(-3), **changes}
    )


def test_the_captain_tells_staff_confirm_and_everyone_in_the_team_hears_of_it(wolves, rafi, boss):
    mim = add_member(wolves, make_user("mim")).profile.user
    cup = add(wolves, rafi, title="  Mirpur \u202e LAN ", place=1)
    assert (cup.title, cup.status, cup.is_counted) == ("Mirpur LAN", "unconfirmed", False)

    confirm_achievement(actor=boss, achievement_id=cup.pk)

    cup.refresh_from_db()
    assert (cup.status, cup.reviewed_by, cup.is_counted) == ("confirmed", boss, True)
    assert (told(rafi), told(mim)) == (["teams.achievement_confirmed"], ["teams.achievement_confirmed"])
    events = AuditEvent.objects.filter(action__startswith="team.achievement").order_by("pk")
    assert [(event.action, event.actor_id) for event in events] == [
        ("team.achievement_added", rafi.pk),
        ("team.achievement_confirmed", boss.pk),
    ]


def test_staff_reject_with_a_reason_that_only_the_keepers_read(client, wolves, rafi, boss):
    member = add_member(wolves).profile.user
    cup = add(wolves, rafi)
    with pytest.raises(DomainError, match="Write the reason"):
        reject_achievement(actor=boss, achievement_id=cup.pk, reason="  ")
    reject_achievement(actor=boss, achievement_id=cup.pk, reason="We found no bracket.")

    assert (Notification.objects.get().recipient, Notification.objects.get().body) == (rafi, "We found no bracket.")
    url = reverse("teams:achievements", args=[wolves.slug])
    client.force_login(member)
    assert "Mirpur LAN" not in client.get(url).content.decode()
    client.force_login(rafi)
    assert "We found no bracket." in client.get(url).content.decode()


def test_new_words_wait_for_staff_again_and_the_same_words_change_nothing(wolves, rafi, boss):
    cup = add(wolves, rafi)
    confirm_achievement(actor=boss, achievement_id=cup.pk)
    same = {"title": "Mirpur LAN", "achieved_on": today(-3)}

    services.edit_achievement(actor=rafi, achievement_id=cup.pk, **same)
    assert TeamAchievement.objects.get().status == "confirmed"

    services.edit_achievement(actor=rafi, achievement_id=cup.pk, **same, place=1)
    cup = TeamAchievement.objects.get()
    assert (cup.status, cup.place, cup.reviewed_by, cup.reviewed_at) == ("unconfirmed", 1, None, None)


def test_what_is_taken_off_can_be_put_back_as_it_was_for_thirty_days(wolves, rafi):
    cup = make_achievement(wolves, status="confirmed")
    services.remove_achievement(actor=rafi, achievement_id=cup.pk)
    assert shelf(standing(rafi, wolves)).removed == (cup,)
    assert shelf(standing(make_user(), wolves)).is_empty

    services.restore_achievement(actor=rafi, achievement_id=cup.pk)
    assert shelf(standing(rafi, wolves)).earned == (cup,)

    TeamAchievement.objects.update(removed_at=timezone.now() - timezone.timedelta(days=30, seconds=1))
    with pytest.raises(NotFound):
        services.restore_achievement(actor=rafi, achievement_id=cup.pk)
    assert tasks.settle_achievements.run() == {"status": "success", "earned_count": 0, "forgotten_count": 1}
    assert not TeamAchievement.objects.exists()


def test_putting_back_does_not_double_what_was_told_again(wolves, rafi):
    cup = add(wolves, rafi)
    services.remove_achievement(actor=rafi, achievement_id=cup.pk)
    add(wolves, rafi)
    with pytest.raises(Conflict, match="already"):
        services.restore_achievement(actor=rafi, achievement_id=cup.pk)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize(
    ("target", "act"),
    [
        (Status.CONFIRMED, lambda boss, pk: confirm_achievement(actor=boss, achievement_id=pk)),
        (Status.REJECTED, lambda boss, pk: reject_achievement(actor=boss, achievement_id=pk, reason="No.")),
    ],
    ids=["confirm", "reject"],
)
def test_each_step_of_staff_is_in_the_table_or_refused(wolves, boss, status, target, act):
    cup = make_achievement(wolves, status=status)
    before = TeamAchievement.objects.values().get()
    if target in TeamAchievement.TRANSITIONS[status]:
        act(boss, cup.pk)
        assert TeamAchievement.objects.get().status == target
    else:
        with pytest.raises(Conflict):
            act(boss, cup.pk)
        assert TeamAchievement.objects.values().get() == before
        assert not AuditEvent.objects.exists()
        assert not Notification.objects.exists()


def test_staff_of_the_team_do_not_confirm_what_earns_it_points(wolves, boss):
    add_member(wolves, boss)
    cup = make_achievement(wolves)
    with pytest.raises(PermissionRefused, match="Somebody else"):
        confirm_achievement(actor=boss, achievement_id=cup.pk)
    assert TeamAchievement.objects.get().status == "unconfirmed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"achieved_on": today(1)}, "achieved_on"),
        ({"achieved_on": today().replace(year=1999)}, "achieved_on"),
        ({"place": 0}, "place"),
        ({"place": 10_000}, "place"),
        ({"evidence_url": "http://cup.example/"}, "evidence_url"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url"),
        ({"description": "x" * 501}, "description"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(wolves, rafi, changes, field):
    with pytest.raises(DomainError) as refusal:
        add(wolves, rafi, **changes)
    assert refusal.value.field == field
    assert not TeamAchievement.objects.exists()


def test_a_shelf_holds_sixty_and_ten_may_wait(wolves, rafi):
    for _ in range(10):
        make_achievement(wolves)
    with pytest.raises(Conflict, match="10 of yours wait"):
        add(wolves, rafi)
    TeamAchievement.objects.update(status="confirmed", reviewed_at=timezone.now())
    for _ in range(50):
        make_achievement(wolves, status="confirmed")
    with pytest.raises(Conflict, match="A shelf holds 60"):
        add(wolves, rafi)


def test_one_person_tells_twenty_a_day(wolves, rafi):
    for number in range(20):
        cup = add(wolves, rafi, title=f"Cup {number}")
        services.remove_achievement(actor=rafi, achievement_id=cup.pk)
    with pytest.raises(RateLimited):
        add(wolves, rafi)


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "gone"},
        {"source": "other"},
        {"source": "results"},
        {"milestone": "titles_3"},
        {"status": "confirmed", "reviewed_at": None},
        {"status": "rejected", "reason": ""},
        {"evidence_url": "http://cup.example"},
        {"place": 0},
    ],
    ids=str,
)
def test_the_database_refuses_what_no_service_writes(wolves, broken):
    cup = make_achievement(wolves)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamAchievement.objects.filter(pk=cup.pk).update(**broken)


# --- By results -------------------------------------------------------------------------------------------------------


def test_results_put_up_what_they_reach_once_and_the_team_hears_of_it(
    wolves, rafi, boss, django_capture_on_commit_callbacks
):
    def win(number, placement=1):
        with django_capture_on_commit_callbacks(execute=True):
            record_result(
                actor=boss,
                team_id=wolves.pk,
                tournament_id=number,
                tournament_name=f"Cup {number}",
                placement=placement,
                played_on=today(number - 20),
            )

    win(1)
    assert not TeamAchievement.objects.exists()
    win(2)
    row = TeamAchievement.objects.get()
    assert (row.milestone, row.achieved_on, row.is_counted, row.given_by) == ("back_to_back", today(-18), True, None)
    assert told(rafi) == ["teams.achievement_earned"]

    assert settle_all_milestones() == 0
    win(2, placement=5)
    assert not TeamAchievement.objects.exists()  # the correction took it away


def test_what_follows_from_results_is_left_alone_by_team_and_staff(wolves, rafi, boss):
    for day in (-9, -8):
        make_result(wolves, place=1, day=day)
    assert settle_milestones([wolves.pk]) == 1
    row = TeamAchievement.objects.get()
    acts = [
        lambda: services.remove_achievement(actor=rafi, achievement_id=row.pk),
        lambda: services.edit_achievement(actor=rafi, achievement_id=row.pk, title="Mine", achieved_on=today(-1)),
        lambda: reject_achievement(actor=boss, achievement_id=row.pk, reason="No."),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="follows from results"):
            act()
    assert TeamAchievement.objects.get().status == "confirmed"


def test_settling_costs_as_many_queries_for_five_teams_as_for_one(django_assert_num_queries, enqueued):
    def teams(count):
        made = [make_team() for _ in range(count)]
        for team in made:
            for day in (-9, -8, -7):
                make_result(team, place=1, day=day)
        return [team.pk for team in made]

    few, many = teams(1), teams(5)
    # Savepoint, lock, results, shelf, insert, release.
    for ids, new in ((few, 1), (many, 5)):
        with django_assert_num_queries(6):
            assert settle_milestones(ids) == 3 * new
    with django_assert_num_queries(5):  # the insert has nothing to do
        assert settle_milestones(many) == 0


# --- Points -----------------------------------------------------------------------------------------------------------


def test_only_what_is_confirmed_earns_points_and_the_explanation_names_the_rows(standard_criteria, wolves):
    counted = make_achievement(wolves, "Port City Brawl", status="confirmed")
    make_achievement(wolves, status="confirmed", removed=True)
    make_achievement(wolves)
    make_achievement(wolves, status="rejected")
    ranking_service.recalculate_all_teams()

    wolves.refresh_from_db()
    part = next(part for part in rank_explained.explain(wolves).parts if part.component.code == "achievements")
    assert (part.count, part.points, part.now) == (1, 100, 1)
    assert [(row.text, row.on, row.href) for row in part.rows] == [
        ("Port City Brawl", counted.achieved_on, counted.get_absolute_url())
    ]


# --- On the player's page ---------------------------------------------------------------------------------------------


def test_seats_agree_with_the_roster_of_every_day(wolves):
    """Joined, inactive, back, left, and in again on the day of leaving."""
    member = add_member(wolves, joined_at=timezone.now() - timezone.timedelta(days=30))
    steps = ((25, "inactive"), (20, "active"), (12, "inactive"), (12, "active"), (5, "inactive"))
    for ago, status in steps:
        RosterChange.objects.create(
            team=wolves,
            profile=member.profile,
            membership=member,
            kind="changed",
            role="player",
            status=status,
            at=timezone.now() - timezone.timedelta(days=ago),
        )
    seats = careers.seats_of(member.profile_id)
    for ago in range(33):
        day = today(-ago)
        there = any(stay.profile == member.profile for stay in history.roster_on(wolves, day))
        assert there == any(seat.first <= day and (seat.last is None or day <= seat.last) for seat in seats), ago


def test_a_player_shows_what_was_confirmed_while_they_had_a_seat(client, wolves):
    mim = make_user("mim")
    add_member(wolves, mim, joined_at=timezone.now() - timezone.timedelta(days=10))
    make_achievement(wolves, "Before her", status="confirmed", day=-11)
    make_achievement(wolves, "With her", status="confirmed", day=-10)
    make_achievement(wolves, "Only told", day=-5)
    make_result(wolves, tournament_name="Cup before her", day=-12)
    make_result(wolves, tournament_name="Cup with her", place=2, day=-4)

    page = client.get("/u/mim/").content.decode()
    assert [words in page for words in ("Before her", "With her", "Only told")] == [False, True, False]
    assert [words in page for words in ("Cup before her", "Cup with her")] == [False, True]

    wolves.is_public = False
    wolves.save()
    assert "With her" not in client.get("/u/mim/").content.decode()


def test_a_hidden_player_shows_no_results(client, wolves):
    mim = make_user("mim")
    add_member(wolves, mim)
    mim.profile.is_private = True
    mim.profile.save()
    make_result(wolves, tournament_name="Cup with her", day=0)
    response = client.get("/u/mim/results/")
    assert (response.status_code, response["Location"]) == (302, "/u/mim/")


# --- Staff ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, settings, boss):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(boss)
    return lambda action, row, **words: client.post(
        reverse("admin:teams_teamachievement_changelist"),
        {"action": action, "_selected_action": [row.pk], **words},
        follow=True,
    )


def test_staff_decide_in_the_queue(desk, client, wolves):
    good, bad = make_achievement(wolves, "Good Cup"), make_achievement(wolves, "Bad Cup")
    make_achievement(wolves, "Gone Cup", removed=True)
    page = client.get(reverse("admin:teams_teamachievement_changelist")).content.decode()
    assert ["Good Cup" in page, "Gone Cup" in page] == [True, False]

    desk("confirm", good)
    assert "Write the reason" in desk("reject", bad).content.decode()
    desk("reject", bad, reason="No bracket.")

    assert dict(TeamAchievement.objects.kept().values_list("title", "status")) == {
        "Good Cup": "confirmed",
        "Bad Cup": "rejected",
    }


def test_staff_without_the_right_have_no_actions(client, settings, wolves):
    settings.ADMIN_REQUIRE_MFA = False
    clerk = make_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_teamachievement"))
    row = make_achievement(wolves)
    client.force_login(clerk)
    client.post(reverse("admin:teams_teamachievement_changelist"), {"action": "confirm", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.status == "unconfirmed"


def test_the_job_of_an_achievement_that_is_gone_tells_nobody(wolves):
    assert tasks.send_achievement_notification.run(achievement_id=999) == 0
    assert not Job.objects.exists()
    assert not TeamTournamentRegistration.objects.exists()

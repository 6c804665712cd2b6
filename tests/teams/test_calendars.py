"""Calendars for programs: who may read which address, what stands in it, and the pages around it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core import slots
from apps.core.errors import PermissionRefused
from apps.notifications.models import NotificationPreference
from apps.teams.demo import practice as practice_demo
from apps.teams.models import CalendarFeed, PracticeAnswer, PracticeSession, Team, TeamAchievement, TeamMembership
from apps.teams.selectors import calendars, practice
from apps.teams.services import calendars as services
from apps.teams.services.availability import tell_availability
from apps.teams.services.disbanding import disband_team, settle_disbanded_teams
from apps.teams.services.milestones import settle_milestones
from apps.teams.services.practice_changes import cancel_practice
from tests.corelib.test_icalendar import only
from tests.teams.club import make_achievement, make_practice, make_result, say, today
from tests.teams.people import add_member, make_team, make_user
from tests.teams.test_pages import queries_of, text

pytestmark = pytest.mark.django_db


def events(response):
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return [properties for _, properties, _ in only(response.content.decode())[1]]


@pytest.fixture
def feed(wolves, rafi):
    return services.make_calendar(actor=rafi)


def read(client, feed):
    return client.get(calendars.address_of(feed))


def test_the_address_shows_all_my_teams_and_nothing_else(client, wolves, rafi, feed):
    other = make_team(game="cs2")
    add_member(other, rafi)
    make_practice(wolves, "Scrim; on Ascent, now", opponent="RVN", place="Mumbai")
    make_practice(other, "Other")
    make_practice(make_team(), "Strangers'")
    found = events(read(client, feed))
    assert sorted(event["SUMMARY"] for event in found) == sorted(
        [f"{other.tag}: Other", "DW: Scrim\\; on Ascent\\, now vs RVN"]
    )
    only_wolves = services.make_calendar(actor=rafi, team_id=wolves.pk)
    assert [event["LOCATION"] for event in events(read(client, only_wolves))] == ["Mumbai"]


def test_a_cancelled_session_stays_with_a_higher_sequence(client, wolves, rafi, feed):
    session = make_practice(wolves)
    before = events(read(client, feed))[0]
    cancel_practice(actor=rafi, session_id=session.pk)
    after = events(read(client, feed))[0]
    assert (before["UID"], before["SEQUENCE"], before["STATUS"]) == (f"{session.uid}@deltacrown", "0", "CONFIRMED")
    assert (after["UID"], after["SEQUENCE"], after["STATUS"]) == (before["UID"], "1", "CANCELLED")


def test_who_left_reads_no_more_and_a_return_does_not_open_the_old_address(client, wolves, rafi, mim):
    member = add_member(wolves, mim)
    make_practice(wolves)
    feeds = [services.make_calendar(actor=mim), services.make_calendar(actor=mim, team_id=wolves.pk)]
    TeamMembership.objects.filter(pk=member.pk).update(status="inactive", slot=None, left_at=timezone.now())
    assert [events(read(client, feed)) for feed in feeds] == [[], []]
    services.forget_calendars(team_id=wolves.pk, profile_id=mim.profile.pk)
    assert [read(client, feed).status_code for feed in feeds] == [200, 404]


def test_a_new_address_ends_the_old_one_and_revoking_ends_it_for_good(client, wolves, rafi, mim, feed):
    newer = services.make_calendar(actor=rafi)
    assert (read(client, feed).status_code, read(client, newer).status_code) == (404, 200)
    client.force_login(mim)
    assert client.post(reverse("teams:revoke_calendar", args=[newer.pk])).status_code == 404
    client.force_login(rafi)
    client.post(reverse("teams:revoke_calendar", args=[newer.pk]))
    assert (read(client, newer).status_code, CalendarFeed.objects.count()) == (404, 0)


@pytest.mark.parametrize("token", ["x", "0" * 32, "0" * 32 + ":forged", "%00", "a:b:c"])
def test_a_made_up_address_leads_nowhere(client, token):
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_the_number_in_the_table_is_not_the_address(client, feed):
    assert client.get(f"/calendar/{feed.number.hex}.ics").status_code == 404
    Team.objects.update(is_active=False)
    rafi = feed.user
    rafi.is_active = False
    rafi.save()
    assert read(client, feed).status_code == 404


def test_a_stranger_has_no_calendar_of_a_team(wolves, mim):
    with pytest.raises(PermissionRefused):
        services.make_calendar(actor=mim, team_id=wolves.pk)
    assert not CalendarFeed.objects.exists()


def test_what_has_not_changed_is_not_sent_again(client, wolves, feed):
    make_practice(wolves)
    first = read(client, feed)
    again = client.get(calendars.address_of(feed), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "private, max-age=300"
    make_practice(wolves)
    assert client.get(calendars.address_of(feed), headers={"if-none-match": first["ETag"]}).status_code == 200


def test_one_session_can_be_taken_along(client, wolves, rafi):
    session = make_practice(wolves, "Scrim")
    client.force_login(rafi)
    response = client.get(reverse("teams:practice_file", args=[wolves.slug, session.pk]))
    assert [event["SUMMARY"] for event in events(response)] == ["DW: Scrim"]
    assert response["Content-Disposition"] == f'attachment; filename="practice-{session.pk}.ics"'


# --- Pages ------------------------------------------------------------------------------------------------------------


def typed(**changes):
    clock = {"day": f"{today(5)}", "begins": "22:00", "ends": "00:30", "time_zone": "Europe/London"}
    return {"title": "Scrim", "kind": "scrim", **clock, **changes}


def test_a_time_of_another_zone_is_meant_there_and_read_here(client, wolves, rafi):
    NotificationPreference.objects.create(user=rafi, time_zone="America/New_York")
    client.force_login(rafi)
    client.post(reverse("teams:plan_practice", args=[wolves.slug]), typed())
    session = PracticeSession.objects.get()
    there = session.starts_at.astimezone(session.zone)
    assert (there.hour, there.date()) == (22, today(5))
    assert session.length == timedelta(hours=2, minutes=30)

    page = text(client.get(session.get_absolute_url()))
    assert f"{there.astimezone(practice.zone_for(rafi)):%H:%M}" in page
    assert "22:00 – 00:30, Europe/London" in page
    assert "Times are those of America/New_York." in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"day": "2020-01-01"}, "That time is over already."),
        ({"day": "9999-12-31"}, "Give a day within the next year."),
        ({"day": "nonsense"}, "Enter a valid date."),
        ({"begins": "25:00"}, "Enter a valid time."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"weekly_until": "2020-01-01"}, "The last week comes before the first."),
        ({"link": "ftp://lobby.example/"}, "Starts with https://."),
        ({"notes": "x" * 100_000}, "at most 1000 characters"),
        ({"title": "nul\x00"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_planned(client, wolves, rafi, changes, says):
    client.force_login(rafi)
    page = client.post(reverse("teams:plan_practice", args=[wolves.slug]), typed(**changes))
    assert (page.status_code, says in text(page), PracticeSession.objects.exists()) == (422, True, False)


def test_an_overlap_is_asked_about_on_the_page(client, wolves, rafi):
    client.force_login(rafi)
    url = reverse("teams:plan_practice", args=[wolves.slug])
    client.post(url, typed())
    page = client.post(url, typed(title="Second"))
    assert (page.status_code, 'name="anyway"' in page.content.decode()) == (422, True)
    assert client.post(url, typed(title="Second", anyway="on")).status_code == 302
    assert PracticeSession.objects.count() == 2


@pytest.mark.parametrize(
    "query", ["?month=2026-13", "?month=0000-01", "?month=%00", "?after=nonsense", "?past=1&after=x"]
)
def test_a_wrong_address_shows_a_page(client, wolves, rafi, query):
    client.force_login(rafi)
    assert client.get(reverse("teams:practice", args=[wolves.slug]) + query).status_code == 200


def test_the_month_stands_in_the_zone_of_who_reads(client, wolves, rafi):
    NotificationPreference.objects.create(user=rafi, time_zone="Pacific/Auckland")
    make_practice(wolves, "Late one", starts_at=timezone.datetime.fromisoformat("2027-01-31T15:00+00:00"))
    client.force_login(rafi)
    month = client.get(reverse("teams:practice", args=[wolves.slug]) + "?month=2027-02").context["month"]
    assert [(day.day.isoformat(), len(day.sessions)) for day in month.days if day.sessions] == [("2027-02-01", 1)]
    assert (month.before, month.after) == ("2027-01", "2027-03")


def test_the_session_of_another_team_is_not_reached_through_mine(client, wolves, rafi):
    elsewhere = make_practice(make_team())
    client.force_login(rafi)
    for name in ("practice_session", "practice_file", "edit_practice"):
        assert client.get(reverse(f"teams:{name}", args=[wolves.slug, elsewhere.pk])).status_code == 404
    for name in ("edit_practice", "answer_practice", "cancel_practice", "restore_practice"):
        data = typed(answer="yes")
        assert client.post(reverse(f"teams:{name}", args=[wolves.slug, elsewhere.pk]), data).status_code == 404
    assert not PracticeAnswer.objects.exists()


def test_queries_of_the_calendar_do_not_grow(client, wolves, rafi, feed, django_assert_max_num_queries):
    first = make_practice(wolves)
    url = reverse("teams:practice", args=[wolves.slug])
    urls = [
        url,
        f"{url}?month=",
        f"{url}?past=1",
        first.get_absolute_url(),
        "/me/calendar/",
        calendars.address_of(feed),
        f"/api/v1/teams/{wolves.slug}/practice/",
    ]
    client.force_login(rafi)

    def budgets():
        return [queries_of(client, url, django_assert_max_num_queries) for url in urls]

    def furnish(count):
        for _ in range(count):
            member = add_member(wolves).profile.user
            for hours in (-2, 2, 3, 50):
                say(make_practice(wolves, hours=hours), rafi, member)
            say(first, member)

    furnish(1)
    few = budgets()
    furnish(5)
    assert budgets() == few
    assert few[5] == 2  # the address, its sessions: no session of a browser


def test_the_demo_shows_every_state_and_loads_once():
    for load in slots.fillings("demo"):
        load()
        if load is practice_demo.load:
            break
    assert PracticeSession.objects.filter(cancelled_at__isnull=False).exists()
    assert PracticeSession.objects.filter(sequence=1).exists()
    assert practice_demo.load() == "0 practice sessions and 0 weeks made"


def test_answers_and_plans_are_exported_without_addresses_and_go_with_the_account(wolves, rafi, feed):
    session = make_practice(wolves)
    say(session, rafi)
    tell_availability(actor=rafi, places=[3, 4])
    exported = practice.personal_data(rafi)
    assert [len(rows) for rows in exported.values()] == [1, 1, 2, 1]
    assert feed.number.hex not in str(exported).replace("-", "")
    services.forget(rafi)
    assert [len(rows) for rows in practice.personal_data(rafi).values()] == [0, 0, 0, 0]
    assert PracticeSession.objects.count() == 1


def test_a_user_without_a_team_sees_an_empty_calendar(client):
    client.force_login(make_user())
    page = text(client.get("/me/calendar/"))
    assert "Nothing is planned" in page
    assert "All my teams" in page


def test_a_team_whose_end_is_final_keeps_what_its_results_have_reached_and_nothing_else(wolves, rafi):
    for day in (-9, -8):
        make_result(wolves, place=1, day=day)
    settle_milestones([wolves.pk])
    make_achievement(wolves, status="confirmed")
    say(make_practice(wolves), rafi)
    services.make_calendar(actor=rafi, team_id=wolves.pk)
    disband_team(actor=rafi, team_id=wolves.pk)
    assert PracticeSession.objects.exists()  # it can still be restored

    settle_disbanded_teams(at=timezone.now() + timedelta(days=31))

    assert [row.milestone for row in TeamAchievement.objects.all()] == ["back_to_back"]
    assert not PracticeSession.objects.exists()
    assert not CalendarFeed.objects.exists()

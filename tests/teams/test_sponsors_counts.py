"""Who counts as having seen or followed a sponsor: each visitor once a day; no programs, no reloads, no own members."""

from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.teams import tasks
from apps.teams.models import SponsorDay, SponsorSighting
from apps.teams.selectors import sponsors as selectors
from apps.teams.services.sponsor_counts import count_click, count_impressions, settle_sponsor_counts
from apps.teams.services.sponsorship import expire_sponsors
from tests.teams.people import add_member, make_user
from tests.teams.sponsoring import BROWSER, counted, make_sponsor, today
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def look(wolves, *, agent=BROWSER, ip="203.0.113.7", user=None, method="get", **headers):
    client = Client(headers={"user-agent": agent, **headers}, REMOTE_ADDR=ip)
    if user:
        client.force_login(user)
    assert getattr(client, method)(wolves.get_absolute_url()).status_code == 200


def follow(sponsor, *, agent=BROWSER, ip="203.0.113.7", method="get", query="", **headers):
    client = Client(headers={"user-agent": agent, **headers}, REMOTE_ADDR=ip)
    response = getattr(client, method)(sponsor.get_absolute_url() + query)
    assert (response.status_code, response["Location"]) == (302, sponsor.url)
    return response


def test_a_reload_counts_nothing_and_another_visitor_one(wolves, mim):
    sponsor, other = make_sponsor(wolves), make_sponsor(wolves)
    for _ in range(3):
        look(wolves)
    assert (counted(sponsor), counted(other)) == (1, 1)
    look(wolves, ip="203.0.113.8")
    look(wolves, agent=BROWSER.replace("140", "141"))
    look(wolves, user=mim)
    look(wolves, user=mim, ip="198.51.100.1")  # the same person on the phone's network
    assert (counted(sponsor), counted(other)) == (4, 4)


def test_the_same_visitor_counts_again_tomorrow_under_another_hash(wolves, monkeypatch):
    sponsor = make_sponsor(wolves)
    look(wolves)
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    look(wolves)
    assert len(set(SponsorSighting.objects.filter(sponsor=sponsor).values_list("visitor", flat=True))) == 2


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (compatible; bingbot/2.0) Chrome/116.0 Safari/537.36",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "WhatsApp/2.23.20.0",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "Slurp",
    ],
)
def test_programs_count_nothing_and_still_get_their_answer(wolves, agent):
    sponsor = make_sponsor(wolves)
    look(wolves, agent=agent)
    follow(sponsor, agent=agent)
    assert not SponsorSighting.objects.exists()


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; CUBOT P80) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36 Telegram-Android/11.0",
        "Mozilla/5.0 (Linux; Android 13; Walton Primo) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121 Safari/537.36",
    ],
)
def test_people_count(wolves, agent):
    sponsor = make_sponsor(wolves)
    look(wolves, agent=agent)
    assert counted(sponsor) == 1


@pytest.mark.parametrize(
    "headers", [{"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"}], ids=str
)
def test_fetching_ahead_and_asking_for_the_head_count_nothing(wolves, headers):
    sponsor = make_sponsor(wolves)
    look(wolves, **headers)
    follow(sponsor, **headers)
    look(wolves, method="head")
    follow(sponsor, method="head")
    assert not SponsorSighting.objects.exists()


def test_the_teams_own_members_do_not_make_its_figure(wolves, rafi):
    sponsor = make_sponsor(wolves)
    member = make_user()
    add_member(wolves, member)
    for user in (rafi, member):
        look(wolves, user=user)
    assert counted(sponsor) == 0


def test_one_address_that_changes_its_name_all_the_time_counts_only_so_far(wolves, monkeypatch):
    monkeypatch.setattr("apps.teams.views.visitors.COUNTED_FROM_ONE_ADDRESS", 4)
    sponsor = make_sponsor(wolves)
    for number in range(9):
        look(wolves, agent=f"{BROWSER} v{number}")
    assert counted(sponsor) == 4
    look(wolves, ip="203.0.113.8")
    assert counted(sponsor) == 5


def test_clicks_count_once_a_day_beside_the_impression(wolves):
    sponsor = make_sponsor(wolves)
    look(wolves)
    follow(sponsor)
    answer = follow(sponsor)
    assert (counted(sponsor, "i"), counted(sponsor, "c")) == (1, 1)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")


@pytest.mark.parametrize("query", ["?url=https://evil.example", "?next=//evil.example", "?to=javascript:alert(1)"])
def test_the_way_out_leads_to_the_approved_address_and_no_other(wolves, query):
    follow(make_sponsor(wolves), query=query)


def test_no_address_is_kept_and_the_key_is_secret(wolves, settings):
    sponsor = make_sponsor(wolves)
    look(wolves)
    row = SponsorSighting.objects.values().get()
    assert "203.0.113.7" not in str(row)
    assert set(row) == {"id", "sponsor_id", "day", "kind", "visitor"}
    settings.SECRET_KEY = "another key of the site, long enough"
    look(wolves)
    assert counted(sponsor) == 2


def test_counting_costs_one_statement_for_all_sponsors(wolves, django_assert_num_queries):
    pks = [make_sponsor(wolves).pk for _ in range(6)]
    with django_assert_num_queries(1):
        count_impressions(sponsor_ids=pks, visitor=uuid4(), day=today())
    assert SponsorSighting.objects.count() == 6


def test_days_that_are_over_become_sums_and_their_visitors_are_forgotten(wolves):
    sponsor = make_sponsor(wolves, first=-9)
    for day, seen, followed in ((-3, 4, 2), (-2, 3, 0), (-1, 2, 1), (0, 1, 0)):
        for number in range(seen):
            visitor = uuid4()
            count_impressions(sponsor_ids=[sponsor.pk], visitor=visitor, day=today(day))
            if number < followed:
                count_click(sponsor_id=sponsor.pk, visitor=visitor, day=today(day))
    before = selectors.board(wolves)

    task = tasks.settle_sponsor_counts
    assert task.run() == {"status": "success", "settled_count": 2}
    assert task.run() == {"status": "success", "settled_count": 0}

    assert list(SponsorDay.objects.order_by("day").values_list("day", "impressions", "clicks")) == [
        (today(-3), 4, 2),
        (today(-2), 3, 0),
    ]
    assert set(SponsorSighting.objects.values_list("day", flat=True)) == {today(-1), today()}
    assert selectors.board(wolves) == before
    assert (before.impressions, before.clicks) == (10, 3)
    assert [datum.value for datum in before.seen_by_day[-4:]] == [4, 3, 2, 1]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_many_at_once_count_exactly_and_the_same_one_once(wolves):
    sponsor = make_sponsor(wolves)
    visitors = [uuid4() for _ in range(6)]

    def seen(visitor):
        return lambda: [
            count_impressions(sponsor_ids=[sponsor.pk], visitor=visitor, day=today()),
            count_click(sponsor_id=sponsor.pk, visitor=visitor, day=today()),
        ]

    assert at_once(*[seen(visitor) for visitor in visitors * 2]) == {"done": 12}
    assert (counted(sponsor, "i"), counted(sponsor, "c")) == (6, 6)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_settlings_at_once_have_one_effect(wolves):
    sponsor = make_sponsor(wolves, first=-9)
    for _ in range(25):
        count_impressions(sponsor_ids=[sponsor.pk], visitor=uuid4(), day=today(-2))
    assert at_once(*[settle_sponsor_counts] * 8) == {"done": 8}
    assert list(SponsorDay.objects.values_list("impressions", "clicks")) == [(25, 0)]
    assert counted(sponsor) == 0


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_expiries_at_once_settle_each_sponsor_once(wolves):
    from apps.core.models import AuditEvent
    from apps.notifications.models import Notification

    for _ in range(5):
        make_sponsor(wolves, first=-9, last=-1)
    counts = Counter()
    at_once(*[lambda: counts.update(expired=expire_sponsors())] * 8)
    assert counts["expired"] == 5
    assert AuditEvent.objects.filter(action="team.sponsor_expired").count() == 5
    assert Notification.objects.filter(type="teams.sponsor_ended").count() == 5

"""The first lines say since when something is wrong, and the admin's first page that something is."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core import staff_queues
from apps.core.metrics import sources
from apps.core.models import Deployment, Job, MetricSample
from apps.core.operations import database_section, since, verdict

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-11-29T12:00:00+06:00")


@pytest.fixture
def staff(admin_client: Client, settings: Any) -> Client:
    settings.ADMIN_REQUIRE_MFA = False
    cache.delete(staff_queues.CACHE_KEY)
    return admin_client


@pytest.fixture
def unhurried(monkeypatch: Any) -> None:
    """What an earlier test was answered a second ago is forgotten, and nobody is given up on a busy machine."""
    for source in sources.registered():
        source.forget()
    monkeypatch.setattr(sources, "SECONDS", 60.0)
    monkeypatch.setattr(verdict, "HISTORY_SECONDS", 60.0)


def noted(alert: str, *minutes_ago: int) -> None:
    for minutes in minutes_ago:
        since.note([alert], now=NOON - timedelta(minutes=minutes))


def test_it_began_with_the_first_minute_of_the_last_stretch() -> None:
    noted("RedisDown", 90, 89, 30, 26, 25, 1, 2, 3, 4, 5, *range(6, 25))
    assert since.began(now=NOON) == {"RedisDown": NOON - timedelta(minutes=30)}


def test_what_is_over_has_no_begin() -> None:
    noted("RedisDown", 30, 29, 28)
    assert since.began(now=NOON) == {}


def test_two_workers_note_a_minute_once() -> None:
    for _ in range(2):
        assert since.note(["DiskFillingUp", "DiskFillingUp", "RedisDown"], now=NOON) == 2
    assert MetricSample.objects.filter(series=since.SERIES).count() == 2


@pytest.mark.django_db(transaction=True)  # the page asks on connections of its own
def test_the_first_lines_say_since_when(unhurried: None) -> None:
    Job.objects.create(name="teams.pay_top_ten", state="failed", finished_at=timezone.now(), last_error="No")
    assert verdict.note() >= 1
    begin = timezone.now() - timedelta(minutes=3)
    since.note(["JobsFailed"], now=begin)
    page = render_to_string(verdict.SECTION.template, dict(verdict.content()))
    assert "1 job failed for good." in page
    assert f"Since {timezone.localtime(begin):%-d %b, %H:%M}, for 3\xa0minutes." in page
    assert "UTC. Times on this page are those of Asia/Dhaka." in page


def test_the_first_page_of_the_admin_counts_what_is_wrong_now(staff: Client) -> None:
    now = timezone.now()
    since.note(["RedisDown", "QueueOld"], now=now - timedelta(minutes=1))
    since.note(["RedisDown"], now=now)
    (queue,) = (one for one in staff.get("/admin/").context["queues"] if one["name"] == "Faults of the platform")
    assert queue["number"] == 1
    assert queue["address"] == reverse("admin:core_operations_changelist")


def test_a_fault_that_was_noted_long_ago_waits_for_nobody(staff: Client) -> None:
    since.note(["RedisDown"], now=timezone.now() - timedelta(minutes=10))
    assert "Faults of the platform" not in staff.get("/admin/").text


def test_the_database_section_counts_connections() -> None:
    told = database_section.content()
    page = render_to_string(database_section.SECTION.template, told)
    assert told["most"] >= 1
    assert told["used"] == sum(number for _, number in told["connections"])
    assert f"{told['used']} of {told['most']}" in page


def test_times_in_the_admin_have_their_offset(staff: Client) -> None:
    Deployment.objects.create(
        identifier="1", kind="release", state="succeeded", started_at=NOON, finished_at=NOON + timedelta(minutes=1)
    )
    assert "29 Nov 2026, 12:00 +06" in staff.get(reverse("admin:core_deployment_changelist")).text


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("core_errorgroup", "No page and no job has failed."),
        ("core_slowquery", "No statement has taken too long."),
        ("core_failedjob", "No job has failed for good."),
        ("core_backuprecord", "No backup has been made yet."),
        ("core_deployment", "Nothing has been deployed"),
    ],
)
def test_an_empty_list_says_what_that_means(staff: Client, address: str, told: str) -> None:
    page = staff.get(reverse(f"admin:{address}_changelist"))
    assert told in page.text
    assert "Create a new item" not in page.text


def test_a_search_without_a_row_is_not_taken_for_an_empty_list(staff: Client) -> None:
    page = staff.get(reverse("admin:core_errorgroup_changelist"), {"q": "nothing like it"}).text
    assert "fits this search" in page
    assert "No page and no job has failed." not in page

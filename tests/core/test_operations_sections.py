"""The operations page: who sees it, and that a section which fails or hangs takes no other with it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core.models import Job, MetricSample
from apps.core.operations import (
    Section,
    charts,
    database_section,
    failures_section,
    forecasts,
    health_section,
    jobs_section,
    machine_section,
    register,
    sections,
    verdict,
)

PAGE = "admin:core_operations_changelist"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_sections_of_others(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.ADMIN_REQUIRE_MFA = False
    monkeypatch.setattr(sections, "_questions", {})


@pytest.fixture
def operator(client: Client, django_user_model: Any) -> Client:
    user = django_user_model.objects.create_user("operator", "operator@example.com", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_operations"))
    client.force_login(user)
    return client


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def section(name: str, order: int = 50, **told: Any) -> Section:
    return Section(
        name, name.title(), order, "core/operations/health.html", **{"content": dict, "database": False, **told}
    )


def fails() -> dict[str, Any]:
    raise ConnectionError("redis://:secret@10.0.0.1")


def test_sections_stand_in_their_order(operator: Client) -> None:
    for name, order in (("last", 90), ("first", 10), ("middle", 50)):
        register(section(name, order))
    page = operator.get(reverse(PAGE))
    assert [shown.name for shown in page.context["sections"]] == ["first", "middle", "last"]


def test_a_section_that_fails_says_so_in_its_own_place(operator: Client) -> None:
    register(section("broken", 10, content=fails))
    register(section("sound", 20, content=lambda: {"version": "1.4.0"}))
    page = operator.get(reverse(PAGE))
    assert page.status_code == 200
    html = page.content.decode()
    assert "This part could not be read: ConnectionError" in html
    assert "secret" not in html
    assert "Version 1.4.0" in html


def test_a_section_that_hangs_is_not_waited_for(
    operator: Client, hanging: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "SECONDS", 0.2)
    register(section("hangs", 10, content=lambda: {"late": hanging.wait()}))
    register(section("sound", 20, content=lambda: {"version": "1.4.0"}))
    html = operator.get(reverse(PAGE)).content.decode()
    assert "This part could not be read: no answer in time" in html
    assert "Version 1.4.0" in html


def test_one_section_can_be_watched_alone(operator: Client) -> None:
    register(section("queues"))
    register(section("disks"))
    page = operator.get(reverse("admin:core_operations_section", args=["disks"]))
    assert [shown.name for shown in page.context["sections"]] == ["disks"]
    assert operator.get(reverse("admin:core_operations_section", args=["nowhere"])).status_code == 404


@pytest.mark.parametrize("name", [PAGE, "admin:core_operations_sections"])
def test_staff_without_the_permission_do_not_see_it(client: Client, django_user_model: Any, name: str) -> None:
    asked: list[str] = []
    register(section("secret", content=lambda: asked.append("asked") or {}))
    client.force_login(django_user_model.objects.create_user("clerk", "clerk@example.com", is_staff=True))
    assert client.get(reverse(name)).status_code == 403
    assert asked == []


@pytest.mark.parametrize("name", [PAGE, "admin:core_operations_sections"])
def test_members_and_visitors_do_not_see_it(client: Client, django_user_model: Any, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302
    client.force_login(django_user_model.objects.create_user("member", "member@example.com"))
    assert client.get(reverse(name)).status_code == 403


def test_it_asks_for_the_second_factor_as_the_admin_does(operator: Client, settings: Any) -> None:
    settings.ADMIN_REQUIRE_MFA = True
    assert operator.get(reverse(PAGE)).url == reverse("accounts:staff_second_factor")  # type: ignore[attr-defined]  # a redirect


# --- The platform's own sections --------------------------------------------------------------------------------------


def test_statements_are_listed_by_the_time_they_take() -> None:
    with connection.cursor() as cursor:
        # Where the extension is not loaded, a table of its form stands for it.
        cursor.execute(
            "CREATE TEMPORARY TABLE pg_stat_statements (dbid oid, query text, calls bigint, mean_exec_time float8,"
            " max_exec_time float8, total_exec_time float8) ON COMMIT DROP"
        )
        cursor.execute(
            "INSERT INTO pg_stat_statements"
            " SELECT oid, query, calls, mean, most, calls * mean FROM pg_database,"
            " (VALUES ('SELECT  a\n FROM b', 10, 3.0, 90.0), ('UPDATE c', 5, 2000.0, 9000.0))"
            " AS of (query, calls, mean, most)"
            " WHERE datname = current_database()"
        )
        told = database_section.statements()
        cursor.execute("DROP TABLE pg_stat_statements")
    assert told is not None
    assert [(row["text"], row["calls"], row["mean"], row["most"]) for row in told] == [
        ("UPDATE c", 5, "2 s", "9 s"),
        ("SELECT a FROM b", 10, "3 ms", "90 ms"),
    ]
    assert told[0]["share"] == "99.7 %"


def test_without_the_extension_the_page_says_how_to_get_it() -> None:
    assert database_section.statements() is None
    assert connection.cursor().execute("SELECT 1") is not None, "the transaction goes on"


def test_disks_say_when_they_will_be_full() -> None:
    now = timezone.now()
    for hours in range(24):
        at = now - timedelta(hours=hours)
        for place, value in (("site", 24e9 + hours * 1e9), ("logs", 5e9)):
            MetricSample.objects.create(
                series="disk_free", label=place, resolution=3600, at=at, value=value, low=value, high=value
            )
    assert forecasts.full_in_days() == {"site": pytest.approx(1.0, abs=0.01)}
    assert machine_section._in_words(12.3, known=True) == "full in 12 days"
    assert machine_section._in_words(None, known=True) == "does not fill up"
    assert machine_section._in_words(None, known=False) == "not known yet"


def test_an_hour_or_two_are_too_little_for_a_forecast() -> None:
    for minutes in range(60):
        at = timezone.now() - timedelta(minutes=minutes)
        MetricSample.objects.create(series="disk_free", resolution=60, at=at, value=minutes, low=minutes, high=minutes)
    assert forecasts.full_in_days() == {}


def test_every_section_of_the_platform_can_be_drawn() -> None:
    MetricSample.objects.create(series="cpu", resolution=60, at=timezone.now(), value=0.95, low=0.9, high=1.0)
    Job.objects.create(name="teams.pay_top_ten", state="failed", finished_at=timezone.now(), last_error="No")
    own = (verdict, health_section, failures_section, machine_section, database_section)
    drawn = {
        one.name: render_to_string(one.template, dict(one.content()))
        for one in (*(module.SECTION for module in own), *charts.SECTIONS, *jobs_section.SECTIONS)
    }
    assert "95 %" in drawn["figures-hour"]
    assert "teams.pay_top_ten" in drawn["jobs"]
    assert "No beat has seen the schedule yet." in drawn["schedules"]

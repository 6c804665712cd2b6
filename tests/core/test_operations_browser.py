"""An operator at three in the morning: the first line says whether something is wrong, on a phone, without scripts."""

import math
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import User
from apps.core.metrics.history.series import ALL
from apps.core.models import BackupRecord, ErrorGroup, Job, MetricSample
from deltacrown.local.people import WCAG

PAGE = "/admin/core/operations/"
LABELS = {
    "latency": {"mean": 0.08, "p50": 0.06, "p95": 0.3, "p99": 0.7},
    "disk": {"site": 0.93},
    "disk_free": {"site": 2.8e9},
    "waiting": {"critical": 0.0, "default": 2.0, "bulk": 40.0},
    "oldest": {"critical": 0.0, "default": 3.0, "bulk": 120.0},
    "network": {"received": 2e5, "sent": 9e5},
    "pool": {"used": 3.0, "idle": 4.0, "most": 16.0},
    "jobs": {"succeeded": 1.2, "retried": 0.05},
    "mails": {"sent": 0.4},
}
MEANS = {"share": 0.2, "bytes": 3e9, "seconds": 0.2, "number": 40.0, "per second": 7.0, "bytes per second": 1e5}


def a_day_of_figures() -> None:
    """Write what an hour and a day leave behind, with minutes in which nothing ran."""
    now = timezone.now().replace(second=0, microsecond=0)
    rows = []
    for resolution, number in ((60, 60), (3600, 30)):
        for step in range(number):
            at = now - timedelta(seconds=resolution * step)
            if resolution == 60 and 20 < step < 30:
                continue
            swing = 1 + 0.4 * math.sin(step / 40) + 0.1 * math.sin(step * 1.7)
            for series in ALL:
                for label, mean in LABELS.get(series.name, {"": MEANS[series.unit]}).items():
                    value = mean if series.name == "disk" else mean * swing
                    rows.append(
                        MetricSample(
                            series=series.name,
                            label=label,
                            resolution=resolution,
                            at=at,
                            value=value,
                            low=value,
                            high=value,
                        )
                    )
    MetricSample.objects.bulk_create(rows, batch_size=5000)


@pytest.fixture
def operator(live_site: Any) -> User:
    user = User.objects.create_user("operator", "operator@example.com", is_staff=True)
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_operations", "view_job", "view_errorgroup"])
    )
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    Job.objects.create(name="teams.recompute_team_rankings", state="failed", finished_at=Now(), last_error="Broken: no")
    a_day_of_figures()
    return user


def test_the_first_line_says_what_is_wrong_and_what_to_do(person: Any, operator: User) -> None:
    phone = person("phone", js=False)
    phone.log_in(operator)
    phone.visit(PAGE)
    verdict = phone.page.locator("#verdict")
    assert "need" in verdict.locator(".ops-verdict-line").inner_text()
    assert "1 job failed for good." in verdict.inner_text()
    assert "python manage.py runbook failed-jobs" in verdict.inner_text()
    assert verdict.bounding_box()["y"] < 500, "it is read without scrolling"
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.page.get_by_role("link", name="Day", exact=True).click()
    assert phone.page.locator("#figures-day .ops-chart").count() > 20
    phone.page.locator("#figure-cpu summary").click()
    assert phone.page.locator("#figure-cpu tbody tr").count() in (11, 12)


def test_it_and_the_pages_beside_it_are_accessible_on_a_phone(person: Any, operator: User) -> None:
    operator.user_permissions.add(*Permission.objects.filter(codename__in=["view_errorgroup", "view_slowquery"]))
    phone = person("phone")
    phone.log_in(operator)
    for address in ("", "runbooks/", "runbooks/database-connections/"):
        phone.visit(f"{PAGE}{address}")
        phone.assert_accessible()
    for name in ("errorgroup", "slowquery"):
        phone.visit(f"/admin/core/{name}/")
        phone.assert_accessible()


def test_it_is_accessible_and_refreshes_itself(person: Any, operator: User) -> None:
    desk = person("desktop")
    desk.log_in(operator)
    desk.visit(PAGE)
    # What stands around it is the theme's.
    found = Axe().run(desk.page, context=".ops", options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.response["violations"] == []
    Job.objects.all().delete()
    desk.page.evaluate("htmx.trigger('#ops-sections', 'refresh-now')")
    desk.page.get_by_text("1 job failed for good.").wait_for(state="detached")


def test_traces_and_backups_are_read_on_a_phone_without_scrolling_sideways(person: Any, operator: User) -> None:
    path = "/srv/deltacrown/releases/20261129T120000Z/apps/ecommerce/services/checkout_and_everything_else.py"
    error = ErrorGroup.objects.create(
        kind="botocore.exceptions.EndpointConnectionErrorOfARatherLongName",
        trace=f'File "{path}", line 118, in place_order',
        source="django.request",
        first_seen_at=timezone.now(),
        last_seen_at=timezone.now(),
    )
    BackupRecord.objects.create(
        kind="all", state="failed", finished_at=Now(), set_id="20261129T010000Z-3f2a", message=f"Full: {path}"
    )
    phone = person("phone", js=False)
    phone.log_in(operator)
    for address in (f"/admin/core/errorgroup/{error.pk}/change/", "/admin/core/operations/sections/backups/"):
        phone.visit(address)
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390, address
    sets = phone.page.locator(".ops-stack")
    assert sets.evaluate("table => table.scrollWidth <= table.clientWidth"), "no column is pushed out of sight"

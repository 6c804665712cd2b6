"""Whoever has a phone and the admin reads the same pages as whoever has the checkout."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.core.runbooks import pages
from tests.core.test_jobs_operations import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.ADMIN_REQUIRE_MFA = False


def test_every_page_is_drawn_and_leads_to_pages_that_there_are(client: Client) -> None:
    client.force_login(person("view_operations"))
    listed = client.get("/admin/core/operations/runbooks/").content.decode()
    for slug in pages.slugs():
        address = f"/admin/core/operations/runbooks/{slug}/"
        assert f'href="{address}"' in listed
        page = client.get(address)
        assert page.status_code == 200
        assert "<p><strong>You see:</strong>" in page.content.decode()
    text = pages.html("site-down")
    assert '<table class="ops-table">' in text
    leads = re.findall(r'href="([^"]*)"', text)
    assert "/admin/core/operations/runbooks/restore/" in leads


def test_the_first_command_stands_on_the_page(client: Client) -> None:
    client.force_login(person("view_operations"))
    page = client.get("/admin/core/operations/runbooks/worker-stuck/").content.decode()
    assert "manage.py runbook worker-stuck" in page
    assert "Jobs wait and nothing takes them" in page


@pytest.mark.parametrize("slug", ["nowhere", "README", "..%2Fjobs", "jobs"])
def test_what_is_no_runbook_is_not_found(client: Client, slug: str) -> None:
    client.force_login(person("view_operations"))
    assert client.get(f"/admin/core/operations/runbooks/{slug}/").status_code == 404


def test_without_the_permission_nobody_reads_them(client: Client) -> None:
    client.force_login(person("view_job"))
    assert client.get("/admin/core/operations/runbooks/").status_code == 403
    assert client.get("/admin/core/operations/runbooks/site-down/").status_code == 403


def test_a_runbook_without_a_page_has_no_address() -> None:
    assert pages.address("nowhere") == ""
    assert pages.address("../jobs") == ""
    assert pages.address("site-down") == "/admin/core/operations/runbooks/site-down/"

"""Somebody reads while another release is put before visitors: the page comes back by itself and misses nothing."""

from typing import Any

import pytest
from django.db import transaction

from apps.notifications.services import notify
from tests.teams.people import make_user


@pytest.mark.journey
def test_an_open_page_comes_back_and_hears_what_was_said_meanwhile(person: Any, live_site: Any) -> None:
    user = make_user("mim")
    reader = person("phone")
    reader.log_in(user)
    reader.visit("/")
    reader.page.wait_for_selector("[data-bell][data-live=socket]", state="attached")
    with reader.page.expect_websocket(timeout=60_000) as again:
        live_site.call_pages_over()
        with transaction.atomic():
            notify([user.pk], "notifications.followed", context={"actor": "Rafi"}, fingerprint="while-away")
    assert again.value.url.endswith("/ws/notifications/")
    reader.page.wait_for_selector("[data-bell][data-live=socket]", state="attached")
    reader.page.wait_for_function("document.querySelector('[data-bell-count]').textContent === '1'")
    assert "open pages are asked to come back" in live_site.log()

"""The operations page: who sees it, and that a section which fails or hangs takes no other with it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from apps.core.operations import Section, register, sections

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

"""Staff read the audit trail, find in it, and cannot touch it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core import audit, context, staff_queues
from apps.core.models import AuditEvent

LIST = "admin:core_auditevent_changelist"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.ADMIN_REQUIRE_MFA = False


@pytest.fixture
def reader(db: None, client: Client, django_user_model: Any) -> Client:
    """Staff who may see the trail and nothing else."""
    user = django_user_model.objects.create_user("auditor", "auditor@example.com", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_auditevent"))
    client.force_login(user)
    return client


@pytest.fixture
def renamed(db: None, django_user_model: Any) -> AuditEvent:
    group = Group.objects.create(name="Store managers")
    with context.bind(request_id="r-12345678"):
        return audit.record(
            actor=django_user_model.objects.create_user("rafi", "rafi@example.com"),
            action="group.renamed",
            target=group,
            old={"name": "<b>Shop</b>", "size": 3},
            new={"name": "Store managers", "open": True},
        )


def rows(response: Any) -> list[AuditEvent]:
    return list(response.context["cl"].result_list)


def test_the_list_shows_who_did_what(reader: Client, renamed: AuditEvent) -> None:
    response = reader.get(reverse(LIST))
    assert response.status_code == 200
    assert rows(response) == [renamed]
    page = response.content.decode()
    assert "group.renamed" in page
    assert f"group {renamed.target_id} · Store managers" in page
    assert f"user {renamed.actor_id}" in page
    assert "name, open, size" in page


@pytest.mark.parametrize("term", ["group.renamed", "Store man", "r-12345678", "RAFI"])
def test_it_is_found_by_action_name_request_and_user(reader: Client, renamed: AuditEvent, term: str) -> None:
    assert rows(reader.get(reverse(LIST), {"q": term})) == [renamed]


@pytest.mark.parametrize("query", [{"q": "somebody"}, {"action": "team.created"}, {"request_id": "r-other"}])
def test_what_does_not_match_is_not_found(reader: Client, renamed: AuditEvent, query: dict[str, str]) -> None:
    assert rows(reader.get(reverse(LIST), query)) == []


def test_the_page_compares_before_and_after_and_escapes_both(reader: Client, renamed: AuditEvent) -> None:
    page = reader.get(reverse("admin:core_auditevent_change", args=[renamed.pk])).content.decode()
    for name, old, new in (
        ("name", "&lt;b&gt;Shop&lt;/b&gt;", "Store managers"),
        ("open", "—", "true"),
        ("size", "3", "—"),
    ):
        row = f'<th scope="row" class="px-3 py-2">{name}</th>'
        assert row in page
        cells = page.split(row)[1].split("</tr>")[0]
        assert f"<del>{old}</del>" in cells
        assert f"<ins>{new}</ins>" in cells


def test_even_the_highest_staff_cannot_add_change_or_delete(
    client: Client, renamed: AuditEvent, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create_superuser("nadia", "nadia@example.com", "x"))
    change = reverse("admin:core_auditevent_change", args=[renamed.pk])
    assert client.get(reverse("admin:core_auditevent_add")).status_code == 403
    assert client.post(change, {"action": "x"}).status_code == 403
    assert client.post(reverse("admin:core_auditevent_delete", args=[renamed.pk]), {"post": "yes"}).status_code == 403
    client.post(reverse(LIST), {"action": "delete_selected", "_selected_action": [renamed.pk], "post": "yes"})
    assert AuditEvent.objects.get().action == "group.renamed"


def test_staff_without_the_permission_see_nothing(client: Client, renamed: AuditEvent, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("mod", "mod@example.com", is_staff=True))
    assert client.get(reverse(LIST)).status_code == 403


def test_the_list_takes_the_same_queries_for_one_event_and_for_fifty(
    reader: Client, renamed: AuditEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_queues, "CACHE_SECONDS", 600)
    staff_queues.counts()
    with CaptureQueriesContext(connection) as for_one:
        assert len(rows(reader.get(reverse(LIST)))) == 1
    for _ in range(49):
        audit.record(actor=None, action="group.renamed", target=Group.objects.get(), new={"name": "x"})
    with CaptureQueriesContext(connection) as for_fifty:
        assert len(rows(reader.get(reverse(LIST)))) == 50
    assert len(for_fifty) == len(for_one)

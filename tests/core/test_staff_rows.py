"""The page of a row that nobody types into: it shows what the list of such rows shows."""

from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.test import RequestFactory

from apps.core.staff_pages import ReadOnlyAdmin

PAGES = sorted(
    (page for page in admin.site._registry.values() if isinstance(page, ReadOnlyAdmin)),
    key=lambda page: page.model._meta.label,
)


@pytest.fixture
def request_of_staff(admin_user: Any, rf: RequestFactory) -> HttpRequest:
    request = rf.get("/")
    request.user = admin_user
    return request


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.model._meta.label)
def test_the_page_of_a_row_shows_what_its_list_shows(page: ReadOnlyAdmin, request_of_staff: HttpRequest) -> None:
    shown = set()
    for _, part in page.get_fieldsets(request_of_staff, page.model()):
        for field in part["fields"]:
            shown |= {field} if isinstance(field, str) else set(field)
    own = {field.name for field in page.model._meta.concrete_fields if not field.primary_key}
    assert {name for name in page.list_display if name in own} <= shown

"""Pages that go on from the last row seen."""

import pytest
from django.contrib.auth.models import Group

from apps.common.pagination import keyset_page

pytestmark = pytest.mark.django_db


def walk(queryset, order, size):
    pages, cursor = [], ""
    while True:
        page = keyset_page(queryset, order=order, cursor=cursor, size=size)
        pages.append([row.name for row in page.rows])
        assert page.is_first is (cursor == "")
        if not page.has_next:
            return pages
        cursor = page.next_cursor


@pytest.fixture
def groups():
    Group.objects.all().delete()
    Group.objects.bulk_create([Group(name=f"{letter}{number}") for letter in "abc" for number in range(3)])
    return Group.objects.all()


@pytest.mark.parametrize("size", [1, 2, 4, 9, 20])
@pytest.mark.parametrize("order", [("-pk",), ("name", "pk"), ("-name", "-pk")])
def test_walking_shows_every_row_once_and_in_order(groups, order, size):
    pages = walk(groups, order, size)
    assert [name for page in pages for name in page] == [row.name for row in groups.order_by(*order)]
    assert {len(page) for page in pages[:-1]} <= {size}


def test_a_full_last_page_has_no_next(groups):
    assert len(walk(groups, ("pk",), 9)) == 1


def test_rows_that_arrive_or_go_meanwhile_shift_nothing(groups):
    first = keyset_page(groups, order=("name",), size=3)
    Group.objects.create(name="a00")
    Group.objects.get(name="a2").delete()
    second = keyset_page(groups, order=("name",), cursor=first.next_cursor, size=3)
    assert [row.name for row in second.rows] == ["b0", "b1", "b2"]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "bnVsbA", "WyJcdTAwMDAiLDFd", "A" * 600, "WzEsW11d"])
def test_a_cursor_that_makes_no_sense_is_the_start(groups, cursor):
    page = keyset_page(groups, order=("-name", "pk"), cursor=cursor, size=2)
    assert [row.name for row in page.rows] == ["c2", "c1"]
    assert page.is_first


def test_a_page_is_one_query(groups, django_assert_num_queries):
    cursor = keyset_page(groups, order=("pk",), size=2).next_cursor
    with django_assert_num_queries(1):
        keyset_page(groups, order=("pk",), cursor=cursor, size=2)

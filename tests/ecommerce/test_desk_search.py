"""The search of the order desk: by what people say over the telephone, along indexes."""

import re

import pytest
from django.db import connection

from apps.ecommerce.models import Order, Payment
from apps.ecommerce.selectors import desk as selectors
from apps.ecommerce.selectors.desk import Filters
from tests.ecommerce.ordering import order_of, payment_of
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db


def found(typed):
    return list(selectors.desk_orders(Filters(search=typed)))


@pytest.fixture
def two(rafi, shop):
    cap = shop.product("Cap", stock=90).variants.select_related("product").get()
    mine = order_of(rafi, cap, status="pending", email="rafi@sylhet.example")
    Order.objects.filter(pk=mine.pk).update(number="DC-7K3M-92")
    payment_of(mine, "9A7B3C1D2E")
    return mine, order_of(make_user("mim"), cap, phone="+8801899999999", contact_name="মিম আক্তার")


@pytest.mark.parametrize(
    "typed",
    [
        *("DC-7K3M-92", "dc-7k3m-92", "DC7K3M92", "7k3m92", "3M-92", " dc-7k3m "),
        *("01712-345678", "+880 1712 345678", "৮৮০১৭১২৩৪৫৬৭৮", "345678"),
        *("9a7b3c1d2e", "9A7B 3C1D 2E"),
        *("rafi", "@rafi", "Ahmed", "hme"),
        *("RAFI@sylhet.example", "@sylhet"),
    ],
)
def test_each_way_finds_the_one(two, typed):
    assert found(typed) == [two[0]]


def test_bangla_names_are_found(two):
    assert found("আক্তার") == [two[1]]


@pytest.mark.parametrize("typed", ["92", "@", "9A7B3C1D2", "nobody", "%%%", "___", "\\\\\\"])
def test_what_is_too_short_or_says_nothing_finds_nothing(two, typed):
    assert found(typed) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigrams")
def test_the_database_uses_its_indexes(two):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # foreign keys rest meanwhile
        Order.objects.bulk_create(
            Order(
                number=f"DC-{n:04}-{n % 90 + 10}X",
                user_id=n + 10_000,
                provider="cod",
                contact_name=f"Buyer {n}",
                email=f"buyer-{n}@place.example",
                phone=f"+88018{n:08}",
                idempotency_key=f"many-{n}",
                fingerprint="x",
            )
            for n in range(3_000)
        )
        Payment.objects.bulk_create(
            Payment(order_id=order, provider="bkash", amount_poisha=1, state="rejected", trx_id=f"TRX{order:07}")
            for order in Order.objects.exclude(pk__in=[each.pk for each in two]).values_list("pk", flat=True)
        )
        cursor.execute("ANALYZE ecommerce_order; ANALYZE ecommerce_payment")
        # Every row was written just now, which makes this kind of index look dear until the next vacuum.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plan = selectors.desk_orders(Filters(search="01712345678")).select_related(None).explain()
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")
    assert {"ecommerce_order_search", "ecommerce_payment_trx_search", "accounts_user_username_upper"} <= set(
        re.findall(r"\w+_(?:search|upper)\b", plan)
    )
    conditions = re.findall(r"Index Cond: (.*)", plan)
    for column in ("(number)::text ~~", "(contact_name)::text) ~~", "(email)::text) ~~", "(phone)::text ~~"):
        assert any(column in condition for condition in conditions), column
    assert "Seq Scan on ecommerce_order" not in plan

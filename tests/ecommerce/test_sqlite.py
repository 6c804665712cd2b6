"""The way of an order on SQLite, where row locks do nothing and one writes at a time: the same books."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

SCRIPT = """
import django
django.setup()
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone
from datetime import timedelta

assert connection.vendor == "sqlite"
call_command("migrate", verbosity=0)

from apps.ecommerce.models import Coupon, LoyaltyEntry, Order, OrderEvent, Payment, Variant
from apps.ecommerce.services import completion, expiry, orders, payments, refunds, statements
from apps.economy.selectors.proof import prove
from tests.ecommerce import buying
from tests.ecommerce.shop import Shop
from tests.ecommerce.test_statements import bring
from tests.teams.people import make_user

boss = make_user("boss", is_staff=True, is_superuser=True)
shop, rafi = Shop(boss), make_user("rafi")
buying.open_numbers()
buying.give(rafi, 200)
Coupon.objects.create(code="SAVE", kind="fixed", amount_poisha=5_000, total_limit=9)
cap = shop.product("Cap", stock=9, price_poisha=75_000)
frame = shop.product("Frame", stock=9, price_poisha=None, price_coins=60)

def bought(provider="bkash"):
    buying.put(rafi, frame)
    return buying.order(rafi, cap, provider=provider, coupon="SAVE")

def end(order):
    order.refresh_from_db()
    back = (order.owed_back_poisha, order.owed_back_coins)
    return order.status, order.paid_poisha, order.refunded_poisha, order.paid_coins, order.refunded_coins, back

cancelled = bought()
for _ in range(2):
    orders.cancel(actor=rafi, number=cancelled.number)
assert end(cancelled) == ("cancelled", 0, 0, 60, 60, (0, 0)), end(cancelled)

expired = bought()
Order.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
assert [expiry.expire_unpaid_orders(), expiry.expire_unpaid_orders()] == [1, 0]
assert end(expired) == ("cancelled", 0, 0, 60, 60, (0, 0)), end(expired)

kept = bought()
payment = buying.tell(rafi, kept)
payments.verify(actor=boss, payment_id=payment.pk)
buying.bring(boss, kept, "processing", "shipped", "delivered")
assert completion.complete_quiet(kept.number, timezone.now() + timedelta(days=1))
assert LoyaltyEntry.objects.filter(order=kept).count() == 1
orders.take_back(actor=boss, number=kept.number, lines=None, why="All of it came back")
kept.refresh_from_db()
refunds.record_refund(
    actor=boss, number=kept.number, amount_poisha=kept.owed_back_poisha, provider="bkash", reference="DKT7J2MQ4X",
    reason="All of it came back", idempotency_key="a-refund-on-sqlite",
)
assert end(kept) == ("refunded", 76_000, 70_000, 60, 60, (0, 0)), end(kept)

untold = bought()
line = bring(boss, f"DKT7J2MQ4Q,760,,{untold.number},").lines.get()
statements.confirm_match(actor=boss, line_id=line.pk, payment_id=untold.payments.get(state="open").pk)
assert end(untold) == ("confirmed", 76_000, 0, 60, 0, (0, 0)), end(untold)

assert list(Variant.objects.order_by("pk").values_list("stock", flat=True)) == [8, 8]
assert (Coupon.objects.get(code="SAVE").used, buying.balance(rafi), prove().count) == (1, 140, 0)
for statement in ("UPDATE ecommerce_orderevent SET why = 'x'", "UPDATE ecommerce_order SET paid_poisha = 9999999"):
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except IntegrityError:
        continue
    raise AssertionError(statement)
print("kept")
"""


@pytest.mark.slow
def test_orders_keep_their_books_on_sqlite(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
        "ENVIRONMENT": "development",
        "DB_ENGINE": "django.db.backends.sqlite3",
        "DB_NAME": str(tmp_path / "site.sqlite3"),
        "MEDIA_ROOT": str(tmp_path / "media"),
        "REDIS_URL": "",
    }
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout.endswith("kept\n"), done.stderr[-3000:]

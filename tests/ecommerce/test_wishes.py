"""Wishlists, and the one word when something is back."""

import pytest
from django.db import connection

from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.models import Job
from apps.ecommerce.models import StockAlert, Wish
from apps.ecommerce.personal_data import personal_data, purge
from apps.ecommerce.services import catalogue, wishes
from apps.notifications.models import Notification
from tests.ecommerce.shop import Shop
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db


def heard():
    return list(Notification.objects.order_by("pk").values_list("recipient__username", "title", "body"))


def waiting_for(shop, *users):
    variant = shop.product("Padma mouse", stock=0).variants.get()
    for user in users:
        wishes.ask_alert(actor=user, variant_id=variant.pk)
    return variant


def test_a_wish_is_kept_once_and_taken_off(shop, rafi):
    product = shop.product()

    assert [wishes.add_wish(actor=rafi, product_id=product.pk) for _ in range(2)] == [True, False]
    assert Wish.objects.count() == 1

    wishes.remove_wish(actor=rafi, product_id=product.pk)
    wishes.remove_wish(actor=rafi, product_id=product.pk)
    assert not Wish.objects.exists()


def test_nobody_wishes_for_what_is_not_in_the_store(shop, rafi):
    for product_id in (shop.draft().pk, 404):
        with pytest.raises(NotFound):
            wishes.add_wish(actor=rafi, product_id=product_id)
    with pytest.raises(PermissionRefused):
        wishes.add_wish(actor=make_user("gone", is_active=False), product_id=shop.product().pk)


def test_a_list_has_an_end(shop, rafi, monkeypatch):
    monkeypatch.setattr(wishes, "WISHES", 1)
    wishes.add_wish(actor=rafi, product_id=shop.product().pk)
    with pytest.raises(Conflict, match="room for 1"):
        wishes.add_wish(actor=rafi, product_id=shop.product().pk)


def test_who_waits_hears_once_when_it_is_back(shop, rafi, django_capture_on_commit_callbacks):
    mim = make_user("mim")
    variant = waiting_for(shop, rafi, mim, rafi)
    wishes.cancel_alert(actor=mim, variant_id=variant.pk)

    with django_capture_on_commit_callbacks(execute=True):
        shop.restock(variant, 3)
    with django_capture_on_commit_callbacks(execute=True):
        shop.restock(variant, 0)
        shop.restock(variant, 4)

    assert heard() == [
        ("rafi", "Padma mouse is back", "Standard is in stock again. You asked to hear; we tell you once.")
    ]
    assert StockAlert.objects.get().told_at is not None


def test_who_asks_again_is_told_again(shop, rafi, django_capture_on_commit_callbacks):
    variant = waiting_for(shop, rafi)
    with django_capture_on_commit_callbacks(execute=True):
        shop.restock(variant, 1)
    with django_capture_on_commit_callbacks(execute=True):
        shop.restock(variant, 0)
    wishes.ask_alert(actor=rafi, variant_id=variant.pk)
    with django_capture_on_commit_callbacks(execute=True):
        shop.restock(variant, 1)

    assert len(heard()) == 2


def test_what_was_gone_again_keeps_everybody_waiting(shop, rafi):
    variant = waiting_for(shop, rafi)
    assert wishes.tell_back_in_stock(variant.pk) == 0

    shop.restock(variant, 1)
    catalogue.withdraw_product(actor=shop.keeper, product_id=variant.product_id)
    assert wishes.tell_back_in_stock(variant.pk) == 0
    assert StockAlert.objects.get().told_at is None
    assert heard() == []


def test_more_of_what_is_there_tells_nobody(shop):
    variant = shop.product(stock=1).variants.get()
    shop.restock(variant, 5)
    assert not Job.objects.filter(name="ecommerce.tell_back_in_stock").exists()


def test_nobody_waits_for_what_is_there(shop, rafi):
    variant = shop.product().variants.get()
    with pytest.raises(Conflict, match="in stock"):
        wishes.ask_alert(actor=rafi, variant_id=variant.pk)
    assert not StockAlert.objects.exists()


def test_the_export_has_what_somebody_wanted_and_leaving_forgets_it(shop, rafi):
    wishes.add_wish(actor=rafi, product_id=shop.product("Cap").pk)
    waiting_for(shop, rafi)

    told = personal_data(rafi)
    assert [row["product_name"] for row in told["store_wishes"]] == ["Cap"]
    assert [row["product_name"] for row in told["store_stock_alerts"]] == ["Padma mouse"]

    purge(rafi)
    assert not any(personal_data(rafi).values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_eight_clicks_at_once_are_one_wish_and_one_alert(rafi):
    product = Shop(make_user("boss", is_staff=True, is_superuser=True)).product(stock=0)
    variant = product.variants.get()

    assert at_once(*[lambda: wishes.add_wish(actor=rafi, product_id=product.pk)] * 8) == {"done": 8}
    assert at_once(*[lambda: wishes.ask_alert(actor=rafi, variant_id=variant.pk)] * 8) == {"done": 8}
    assert (Wish.objects.count(), StockAlert.objects.count()) == (1, 1)

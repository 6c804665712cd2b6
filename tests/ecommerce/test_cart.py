"""Carts of members and visitors: what goes in, what is refused, what becomes of them at the login."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.ecommerce.errors import SoldOut
from apps.ecommerce.models import Cart, CartItem
from apps.ecommerce.selectors import carts as selectors
from apps.ecommerce.services import cart, catalogue
from tests.ecommerce.buying import one, order, put, state

pytestmark = pytest.mark.django_db


def lying(owner):
    """What lies in a cart: label, quantity, currency."""
    return [(item.variant.product.name, item.quantity, item.currency) for item in owner.items.all()]


@pytest.fixture
def visitor():
    return AnonymousUser()


def test_the_same_thing_twice_is_two_of_it(shop, rafi):
    cap = shop.product("Cap")
    put(rafi, cap)
    put(rafi, cap, quantity=2)
    assert lying(Cart.objects.get(user=rafi)) == [("Cap", 3, "taka")]
    assert selectors.count(rafi, None) == 3


def test_what_has_no_price_in_taka_is_paid_in_coins(shop, rafi):
    put(rafi, shop.product("Frame", kind="digital", price_poisha=None, price_coins=600, stock=None))
    assert lying(Cart.objects.get(user=rafi)) == [("Frame", 1, "coins")]


@pytest.mark.parametrize("quantity", [0, -1, 21, 10**30, True, "2", 1.5, None])
def test_a_quantity_that_is_none_is_refused(shop, rafi, quantity):
    variant = one(shop.product(stock=100))
    with pytest.raises(DomainError, match="whole number from 1 to 20") as refused:
        cart.add(actor=rafi, key=None, variant_id=variant.pk, quantity=quantity)
    assert (refused.value.field, CartItem.objects.count()) == ("quantity", 0)


def test_more_than_there_are_is_refused_at_once(shop, rafi):
    cap = shop.product(stock=2)
    put(rafi, cap, quantity=2)
    with pytest.raises(SoldOut, match="only 2 left"):
        put(rafi, cap)
    with pytest.raises(SoldOut, match="Sold out"):
        put(rafi, shop.product(stock=0))
    assert selectors.count(rafi, None) == 2


def test_a_bundle_ends_with_the_first_of_its_parts(shop, rafi):
    bundle = shop.product("Bundle", kind="bundle", stock=5)
    shop.restock(bundle.parts.get().variant, 1)
    with pytest.raises(SoldOut, match="only 1 left"):
        put(rafi, bundle, quantity=2)


def test_one_person_gets_as_many_as_the_limit_over_all_orders(shop, rafi, mim):
    poster = shop.product("Poster", stock=50, per_person=2)
    order(rafi, poster)
    put(rafi, poster)
    with pytest.raises(Conflict, match="You have 1 already"):
        put(rafi, poster)
    put(mim, poster, quantity=2)


def test_what_is_for_members_visitors_do_not_get(shop, visitor):
    with pytest.raises(PermissionRefused, match="Log in or sign up"):
        cart.add(actor=visitor, key=None, variant_id=one(shop.product(member_only=True)).pk)
    assert not Cart.objects.exists()


def test_what_is_not_sold_does_not_exist(shop, rafi):
    gone = shop.product()
    catalogue.withdraw_product(actor=shop.keeper, product_id=gone.pk)
    for variant_id in (one(gone).pk, one(gone).pk + 1000):
        with pytest.raises(NotFound):
            cart.add(actor=rafi, key=None, variant_id=variant_id)


def test_a_currency_it_is_not_sold_for_is_refused(shop, rafi):
    cap = shop.product(price_coins=None)
    put(rafi, cap)
    before = state(CartItem)
    with pytest.raises(Conflict, match="sold for taka only"):
        cart.pay_with(actor=rafi, key=None, variant_id=one(cap).pk, currency="coins")
    with pytest.raises(DomainError, match="in taka or in coins"):
        cart.pay_with(actor=rafi, key=None, variant_id=one(cap).pk, currency="gold")
    assert state(CartItem) == before


def test_nought_takes_it_out_and_twice_changes_nothing(shop, rafi):
    cap = shop.product()
    put(rafi, cap)
    for _ in range(2):
        cart.set_quantity(actor=rafi, key=None, variant_id=one(cap).pk, quantity=0)
    assert not CartItem.objects.exists()
    with pytest.raises(NotFound, match="not in your cart any more"):
        cart.set_quantity(actor=rafi, key=None, variant_id=one(cap).pk, quantity=3)


def test_fewer_of_what_ran_out_meanwhile_may_be_chosen(shop, rafi):
    cap = shop.product(stock=5)
    put(rafi, cap, quantity=5)
    shop.restock(one(cap), 2)
    cart.set_quantity(actor=rafi, key=None, variant_id=one(cap).pk, quantity=3)
    [line] = selectors.lines(rafi, Cart.objects.get())
    assert line.problem == "Only 2 left. Change the quantity to go on."


def test_a_visitors_cart_comes_along_once(shop, rafi, visitor):
    cap, mug = shop.product("Cap"), shop.product("Mug")
    put(rafi, cap)
    theirs = cart.add(actor=visitor, key=None, variant_id=one(cap).pk, quantity=3)
    cart.add(actor=visitor, key=theirs.key, variant_id=one(mug).pk)

    assert [cart.merge(user=rafi, key=theirs.key) for _ in range(2)] == [1, 0]

    assert lying(Cart.objects.get()) == [("Cap", 3, "taka"), ("Mug", 1, "taka")]


def test_somebody_elses_key_leads_to_nothing(shop, rafi, visitor):
    put(rafi, shop.product())
    with pytest.raises(NotFound):
        cart.set_quantity(actor=visitor, key=uuid4(), variant_id=one(shop.product()).pk, quantity=1)
    assert selectors.cart_of(visitor, uuid4()) is None


def test_logging_in_brings_the_cart(client, shop, rafi):
    product = shop.product("Cap")
    client.post(f"/crownstore/cart/add/{one(product).pk}/", {"quantity": "2"})
    rafi.set_password("river-delta-9")
    rafi.save()
    client.login(username="rafi", password="river-delta-9")
    assert lying(Cart.objects.get()) == [("Cap", 2, "taka")]
    assert Cart.objects.get().user == rafi

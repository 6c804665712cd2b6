"""How staff fill the shelves, and what the database refuses."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.ecommerce.models import BundlePart, Product, Variant
from apps.ecommerce.services import catalogue, variants
from tests.ecommerce.shop import published
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db


def actions():
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_product_begins_unpublished_and_is_published_with_a_variant(shop, keeper):
    product = shop.draft("Season 3 jersey")
    with pytest.raises(Conflict, match="Add a variant first"):
        catalogue.publish_product(actor=keeper, product_id=product.pk)

    shop.variant(product)
    catalogue.publish_product(actor=keeper, product_id=product.pk)
    first = catalogue.publish_product(actor=keeper, product_id=product.pk).published_at

    assert (product.slug, published()) == ("season-3-jersey", 1)
    assert first == Product.objects.get().published_at
    assert actions() == ["product.created", "variant.created", "product.published"]


def test_withdrawn_and_published_again_it_keeps_its_date(shop, keeper):
    product = shop.product()
    catalogue.withdraw_product(actor=keeper, product_id=product.pk)
    assert published() == 0
    assert catalogue.publish_product(actor=keeper, product_id=product.pk).published_at == product.published_at


def test_two_products_of_one_name_have_two_addresses(shop):
    assert [shop.draft("Crown cap").slug, shop.draft("Crown cap").slug, shop.draft("জার্সি").slug] == [
        "crown-cap",
        "crown-cap-2",
        "product",
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"price_poisha": None}, "price_poisha"),
        ({"kind": "stolen"}, "kind"),
        ({"rarity": "divine"}, "rarity"),
        ({"game": "chess"}, "game"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"summary": ""}, "summary"),
        ({"price_poisha": 10**30}, "price_poisha"),
        ({"name": "a\0b"}, "name"),
    ],
)
def test_what_is_not_possible_is_refused_with_its_field(shop, values, field):
    with pytest.raises(DomainError) as refusal:
        shop.draft(**{"name": "Cap", **values})

    assert refusal.value.field == field
    assert not Product.objects.exists()


def test_a_change_keeps_the_address_and_is_recorded(shop, keeper):
    product = shop.product("Cap")
    catalogue.change_product(actor=keeper, product_id=product.pk, name="Rickshaw cap", price_poisha=75_000)
    catalogue.change_product(actor=keeper, product_id=product.pk, name="Rickshaw cap")

    product.refresh_from_db()
    last = AuditEvent.objects.order_by("-pk").first()
    assert (product.slug, product.search_text) == ("cap", "rickshaw cap wear one line.")
    assert (last.action, last.old, last.new) == (
        "product.changed",
        {"name": "Cap", "price_poisha": 145_000},
        {"name": "Rickshaw cap", "price_poisha": 75_000},
    )


def test_a_sku_is_one_variants_whatever_its_case(shop, keeper):
    product = shop.draft()
    shop.variant(product, sku="DC-1")
    with pytest.raises(Conflict) as refusal:
        shop.variant(product, "Large", sku="dc-1")
    assert refusal.value.field == "sku"
    with pytest.raises(Conflict) as refusal:
        shop.variant(product, sku="DC-2")
    assert refusal.value.field == "label"
    assert Variant.objects.count() == 1


@pytest.mark.parametrize("stock", [-1, 1.5, "7", True, 10**9])
def test_stock_is_a_whole_number_from_nought(shop, stock):
    variant = shop.variant(shop.draft(), stock=3)
    with pytest.raises(DomainError):
        shop.restock(variant, stock)
    assert Variant.objects.get().stock == 3


def test_the_database_itself_refuses_less_than_nothing(shop):
    variant = shop.variant(shop.draft())
    for wrong in ({"stock": -1}, {"price_poisha": 0}, {"price_coins": -5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Variant.objects.filter(pk=variant.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(price_poisha=None, price_coins=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(is_published=True)


def test_a_bundle_holds_things_and_no_bundles(shop, keeper):
    bundle, cap = shop.draft("Bundle", kind="bundle"), shop.variant(shop.draft("Cap"))
    other = shop.variant(shop.draft("Other bundle", kind="bundle"))
    mine = shop.variant(bundle)
    with pytest.raises(Conflict, match="what the bundle holds"):
        catalogue.publish_product(actor=keeper, product_id=bundle.pk)
    for wrong in (other, mine):
        with pytest.raises(Conflict):
            variants.put_into_bundle(actor=keeper, bundle_id=bundle.pk, variant_id=wrong.pk)

    variants.put_into_bundle(actor=keeper, bundle_id=bundle.pk, variant_id=cap.pk, quantity=1)
    variants.put_into_bundle(actor=keeper, bundle_id=bundle.pk, variant_id=cap.pk, quantity=3)

    assert list(BundlePart.objects.values_list("variant", "quantity")) == [(cap.pk, 3)]
    variants.put_into_bundle(actor=keeper, bundle_id=bundle.pk, variant_id=cap.pk, quantity=0)
    assert not BundlePart.objects.exists()


# Who × what: + allowed, - refused. Refusals change nothing and record nothing.
MATRIX = {
    "create": "keeper+ clerk+ plain- member- superuser+",
    "change": "keeper+ clerk+ plain- member- superuser+",
    "add_variant": "keeper+ clerk+ plain- member- superuser+",
    "publish": "keeper+ clerk- plain- member- superuser+",
    "withdraw": "keeper+ clerk- plain- member- superuser+",
    "stock": "keeper+ clerk- plain- member- superuser+",
}

ACTS = {
    "create": lambda actor, shop, **_: catalogue.create_product(
        actor=actor, name="New", kind="digital", category=shop.shelf, summary="Line.", price_coins=5
    ),
    "change": lambda actor, product, **_: catalogue.change_product(actor=actor, product_id=product.pk, name="Changed"),
    "add_variant": lambda actor, product, **_: variants.add_variant(
        actor=actor, product_id=product.pk, label="L", sku=f"L-{product.pk}"
    ),
    "publish": lambda actor, product, **_: catalogue.publish_product(actor=actor, product_id=product.pk),
    "withdraw": lambda actor, product, **_: catalogue.withdraw_product(actor=actor, product_id=product.pk),
    "stock": lambda actor, variant, **_: variants.set_stock(actor=actor, variant_id=variant.pk, stock=77),
}


@pytest.mark.parametrize("act", MATRIX)
def test_who_may_do_what_with_the_catalogue(shop, keeper, clerk, rafi, act):
    people = {
        "keeper": keeper,
        "clerk": clerk,
        "plain": make_user("plain", is_staff=True),
        "member": rafi,
        "superuser": make_user("nadia", is_staff=True, is_superuser=True),
    }
    for cell in MATRIX[act].split():
        who, allowed = cell[:-1], cell[-1] == "+"
        product = shop.product()
        variant = product.variants.get()
        attempt = partial(ACTS[act], shop=shop, product=product, variant=variant)
        before = (AuditEvent.objects.count(), list(Product.objects.values()), list(Variant.objects.values()))
        if allowed:
            attempt(people[who])
            continue
        with pytest.raises(PermissionRefused):
            attempt(people[who])
        assert before == (AuditEvent.objects.count(), list(Product.objects.values()), list(Variant.objects.values()))


def test_what_is_not_there_is_not_found(keeper):
    for act in (catalogue.publish_product, catalogue.withdraw_product, catalogue.change_product):
        with pytest.raises(NotFound):
            act(actor=keeper, product_id=404)
    with pytest.raises(NotFound):
        variants.set_stock(actor=keeper, variant_id=404, stock=1)

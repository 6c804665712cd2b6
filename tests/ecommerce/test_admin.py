"""The catalogue in the admin: every change goes through the services and is recorded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core.models import AuditEvent
from apps.ecommerce.models import BundlePart, Product, ProductImage, Variant
from tests.common.pictures import picture

pytestmark = pytest.mark.django_db
LIST = "/admin/ecommerce/product/"
EMPTY = {
    f"{prefix}-{name}": "0"
    for prefix in ("variants", "images", "parts")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
}


@pytest.fixture
def desk(client, keeper, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor
    client.force_login(keeper)
    return client


def given(shop, **values):
    return {
        **EMPTY,
        "name": "Cap",
        "kind": "physical",
        "category": shop.shelf.pk,
        "summary": "One line.",
        "rarity": "common",
        "price_taka": "750.50",
        **values,
    }


def actions():
    return set(AuditEvent.objects.values_list("action", flat=True))


def test_a_product_with_variant_and_picture_in_one_form(desk, shop):
    upload = SimpleUploadedFile("cap.png", picture((400, 400)), content_type="image/png")
    variant = {
        "variants-0-label": "M",
        "variants-0-sku": "CAP-M",
        "variants-0-stock": "7",
        "variants-0-is_active": "on",
    }
    image = {"images-0-upload": upload, "images-0-alt": "A cap", "images-TOTAL_FORMS": "1"}
    data = given(shop, **{"variants-TOTAL_FORMS": "1", "variants-0-position": "0"}, **variant, **image)

    response = desk.post(f"{LIST}add/", data)

    assert response.status_code == 302, response.context["errors"]
    product = Product.objects.get()
    assert (product.price_poisha, product.slug, product.is_published) == (75_050, "cap", False)
    assert (Variant.objects.get().stock, ProductImage.objects.get().alt) == (7, "A cap")
    assert actions() >= {"product.created", "variant.created", "product.picture_added"}


def test_a_form_without_a_price_says_so_and_keeps_what_was_typed(desk, shop):
    page = desk.post(f"{LIST}add/", given(shop, price_taka="", name="Kept name"))
    assert page.status_code == 200
    assert "Kept name" in page.content.decode()
    assert page.context["errors"]
    assert not Product.objects.exists()


def test_stock_is_changed_in_the_form_by_who_may(desk, shop, clerk):
    product = shop.product("Cap", stock=5)
    variant = product.variants.get()
    rows = {
        "variants-TOTAL_FORMS": "1",
        "variants-INITIAL_FORMS": "1",
        "variants-0-id": variant.pk,
        "variants-0-product": product.pk,
        "variants-0-label": "Standard",
        "variants-0-sku": variant.sku,
        "variants-0-stock": "9",
        "variants-0-position": "0",
        "variants-0-is_active": "on",
    }
    address = reverse("admin:ecommerce_product_change", args=[product.pk])
    assert desk.post(address, given(shop, **rows)).status_code == 302
    assert Variant.objects.get().stock == 9

    desk.force_login(clerk)
    desk.post(address, given(shop, **rows | {"variants-0-stock": "1000", "variants-0-label": "Large"}))
    assert (Variant.objects.get().stock, Variant.objects.get().label) == (9, "Large")


def test_publishing_in_bulk_refuses_one_and_does_the_others(desk, shop):
    ready, bare = shop.draft("Ready"), shop.draft("Bare")
    shop.variant(ready)
    page = desk.post(LIST, {"action": "publish", "_selected_action": [ready.pk, bare.pk]}, follow=True)

    assert Product.objects.filter(is_published=True).get() == ready
    assert "Bare: Add a variant first" in page.content.decode()
    desk.post(LIST, {"action": "withdraw", "_selected_action": [ready.pk]})
    assert not Product.objects.filter(is_published=True).exists()


def test_who_may_not_publish_has_no_such_action(desk, shop, clerk):
    product = shop.draft()
    shop.variant(product)
    desk.force_login(clerk)
    desk.post(LIST, {"action": "publish", "_selected_action": [product.pk]})
    assert not Product.objects.filter(is_published=True).exists()


def test_a_bundle_is_filled_and_emptied(desk, shop):
    bundle, cap = shop.draft("Bundle", kind="bundle"), shop.variant(shop.draft("Cap"))
    address = reverse("admin:ecommerce_product_change", args=[bundle.pk])
    rows = {"parts-TOTAL_FORMS": "1", "parts-0-bundle": bundle.pk, "parts-0-variant": cap.pk, "parts-0-quantity": "2"}
    assert desk.post(address, given(shop, kind="bundle", **rows)).status_code == 302
    part = BundlePart.objects.get()
    assert part.quantity == 2

    rows |= {"parts-INITIAL_FORMS": "1", "parts-0-id": part.pk, "parts-0-DELETE": "on"}
    desk.post(address, given(shop, kind="bundle", **rows))
    assert not BundlePart.objects.exists()


def test_nobody_deletes_a_product(desk, shop):
    product = shop.product()
    assert desk.post(reverse("admin:ecommerce_product_delete", args=[product.pk])).status_code == 403


def test_the_list_tells_prices_as_people_do(desk, shop):
    shop.product("Cap", price_poisha=75_050, price_coins=1_500)
    page = desk.get(LIST).content.decode().replace("\u00a0", " ")
    assert "৳750.50" in page
    assert "1,500 DC" in page
    assert "75050" not in page

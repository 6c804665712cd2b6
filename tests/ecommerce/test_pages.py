"""The store's pages and API: what they show, to whom, in how many queries."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from apps.common import images
from apps.core.errors import Conflict, DomainError
from apps.ecommerce.demo import WARES, load
from apps.ecommerce.models import Product, ProductImage, StockAlert, Variant, Wish
from apps.ecommerce.services import pictures, variants, wishes
from tests.common.pictures import picture
from tests.ecommerce.shop import names
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db
STORE = "/crownstore/"


def text(response):
    """The page as it reads, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " ").split())


@pytest.fixture
def shelves(shop):
    """Four things that differ in everything one can look for."""
    shop.product("Season 3 jersey", price_poisha=145_000, price_coins=2_900, rarity="rare")
    shop.product("Padma mouse", price_poisha=349_000, stock=0)
    shop.product("Free Fire diamonds", kind="digital", price_poisha=9_500, stock=None, game="freefire")
    shop.product("Monsoon frame", kind="digital", price_poisha=None, price_coins=600, rarity="mythic", member_only=True)
    shop.draft("Secret thing")


ALL_FOR_VISITORS = ["Free Fire diamonds", "Padma mouse", "Season 3 jersey"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL_FOR_VISITORS),
        ("search=JERSEY", ["Season 3 jersey"]),
        ("search=fire+free", ["Free Fire diamonds"]),
        ("search=secret", []),
        ("category=wear", ALL_FOR_VISITORS),
        ("category=nowhere", ALL_FOR_VISITORS),
        ("game=freefire", ["Free Fire diamonds"]),
        ("rarity=rare", ["Season 3 jersey"]),
        ("kind=digital", ["Free Fire diamonds"]),
        ("pay=coins", ["Season 3 jersey"]),
        ("available=on", ["Free Fire diamonds", "Season 3 jersey"]),
        ("sort=cheapest", ["Free Fire diamonds", "Season 3 jersey", "Padma mouse"]),
        ("sort=dearest", ["Padma mouse", "Season 3 jersey", "Free Fire diamonds"]),
        ("sort=name", ["Free Fire diamonds", "Padma mouse", "Season 3 jersey"]),
        ("sort=magic", ALL_FOR_VISITORS),
        ("search=" + "x" * 100, ALL_FOR_VISITORS),
        ("search=%00&after=nonsense", ALL_FOR_VISITORS),
        ("after=WzEsMl0", ALL_FOR_VISITORS),
    ],
)
def test_the_store_finds_and_sorts(client, shelves, query, found):
    page = client.get(f"{STORE}?{query}")
    assert (page.status_code, names(page)) == (200, found)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigrams")
@pytest.mark.parametrize(("typed", "found"), [("jersy", ["Season 3 jersey"]), ("padna", ["Padma mouse"]), ("zzzz", [])])
def test_a_misspelt_word_finds_what_is_like_it(client, shelves, typed, found):
    assert names(client.get(f"{STORE}?search={typed}")) == found


def test_members_see_what_is_for_members(client, shelves, rafi):
    frame = Product.objects.get(name="Monsoon frame").get_absolute_url()
    refused = client.get(frame)
    assert (refused.status_code, "Log in or sign up" in text(refused)) == (403, True)

    client.force_login(rafi)
    assert "Monsoon frame" in names(client.get(STORE))
    assert client.get(frame).status_code == 200


def test_what_is_not_published_only_its_keepers_see(client, shelves, rafi, clerk):
    secret = Product.objects.get(name="Secret thing").get_absolute_url()
    for user, status in ((None, 404), (rafi, 404), (clerk, 200)):
        client.logout()
        if user:
            client.force_login(user)
        assert client.get(secret).status_code == status


@pytest.mark.parametrize("sort", ["newest", "cheapest", "dearest", "name"])
def test_pages_go_on_without_a_gap_or_a_repeat(client, shop, sort, monkeypatch):
    monkeypatch.setattr("apps.ecommerce.views.catalogue.PAGE_SIZE", 3)
    shop.many(7)
    seen, url = [], f"?sort={sort}"
    while url:
        page = client.get(STORE + url)
        seen += names(page)
        url = page.context["next_url"]
    assert (len(seen), len(set(seen))) == (7, 7)


def test_a_page_costs_the_same_however_much_there_is(client, shop, rafi, django_assert_max_num_queries):
    product, _near = shop.many(2)
    client.force_login(rafi)
    addresses = (STORE, f"{STORE}?search=thing", product.get_absolute_url(), reverse("ecommerce:wishlist"))
    wishes.add_wish(actor=rafi, product_id=product.pk)

    def costs():
        found = []
        for url in addresses:
            client.get(url)
            with django_assert_max_num_queries(100) as queries:
                client.get(url)
            found.append(len(queries))
        return found

    before = costs()
    for other in shop.many(9):
        wishes.add_wish(actor=rafi, product_id=other.pk)
        shop.variant(product, f"Size {other.pk}", stock=0)
    # Session and user 2, profile and bell 3, shelves 1, products and pictures 2; the search asks first whether a word
    # is found, a product's page reads alerts, wish, variants, pictures, parts and what is near; stars, reviews, and
    # whether one may write.
    assert costs() == before
    assert max(before) <= 18


def test_a_product_shows_variants_vat_and_what_is_near(client, shop):
    product = shop.product("Season 3 jersey", price_poisha=145_000, price_coins=2_900, edition=60, rarity="epic")
    shop.variant(product, "XL", stock=0)
    shop.variant(product, "Signed", stock=2, price_poisha=300_050)
    shop.product("Crown cap")

    page = text(client.get(product.get_absolute_url()))

    for words in (
        "৳1,450",
        "or 2,900 DC",
        "Contains ৳189.13 of VAT",
        "Limited to 60",
        "Epic",
        "৳3,000.50",
        "Only 2 left",
    ):
        assert words in page
    assert page.count("Sold out") == 1
    assert "Near it on the shelf" in page
    assert "Crown cap" in page


def test_a_bundle_shows_what_it_holds(client, shop):
    assert "1 × Thing" in text(client.get(shop.product("Bundle", kind="bundle").get_absolute_url()))


def test_wishing_and_waiting_by_plain_forms(client, shop, rafi):
    product = shop.product(stock=0)
    variant = product.variants.get()
    client.force_login(rafi)
    back = {"next": product.get_absolute_url()}

    assert client.post(reverse("ecommerce:wish", args=[product.pk]), back).url == product.get_absolute_url()
    client.post(reverse("ecommerce:alert", args=[variant.pk]), back)
    page = text(client.get(reverse("ecommerce:wishlist")))
    assert (Wish.objects.count(), StockAlert.objects.count(), "You wait for" in page) == (1, 1, True)

    client.post(reverse("ecommerce:wish", args=[product.pk]), {**back, "off": "1"})
    gone = client.post(reverse("ecommerce:alert", args=[variant.pk]), {"off": "1", "next": "https://evil.example/"})
    assert gone.url == reverse("ecommerce:wishlist")
    assert not Wish.objects.exists()
    assert not StockAlert.objects.exists()
    assert "Nothing on it yet" in text(client.get(reverse("ecommerce:wishlist")))


# Address × who: the status. "302" asks to log in. What is refused writes nothing.
MATRIX = {
    ("store", "get"): "200 200 200",
    ("product", "get"): "200 200 200",
    ("wishlist", "get"): "302 200 200",
    ("wish", "post"): "302 302 302",
    ("alert", "post"): "302 302 302",
    ("api_products", "get"): "200 200 200",
    ("api_product", "get"): "200 200 200",
    ("api_wishlist", "get"): "403 200 200",
    ("api_wish", "put"): "403 204 204",
    ("api_wish", "delete"): "403 204 204",
    ("api_alert", "put"): "403 204 204",
    ("api_alert", "delete"): "403 204 204",
}


@pytest.mark.parametrize("row", MATRIX, ids=" ".join)
def test_who_gets_which_answer(client, shop, rafi, keeper, row):
    name, method = row
    product = shop.product(stock=0)
    arguments = {
        "product": [product.slug],
        "api_product": [product.slug],
        "wish": [product.pk],
        "api_wish": [product.pk],
    }
    arguments["alert"] = arguments["api_alert"] = [product.variants.get().pk]
    url = reverse(f"ecommerce:{name}", args=arguments.get(name, []))
    got = []
    for user in (None, rafi, keeper):
        client.logout()
        if user:
            client.force_login(user)
        response = getattr(client, method)(url)
        got.append(str(response.status_code))
        if user is None:
            assert not Wish.objects.exists()
            assert not StockAlert.objects.exists()
            assert response.status_code != 302 or response.url.startswith("/accounts/login/")
    assert " ".join(got) == MATRIX[row]


def test_the_api_tells_prices_in_whole_poisha_and_not_how_many_there_are(client, shop):
    product = shop.product("Cap", price_poisha=75_050, price_coins=1_500)

    [told] = client.get("/api/v1/store/products/?search=cap").json()["results"]
    whole = client.get(f"/api/v1/store/products/{product.slug}/").json()

    assert (told["price_poisha"], told["price_coins"], told["kind"]) == (75_050, 1_500, "physical")
    assert whole["variants"] == [
        {
            "id": product.variants.get().pk,
            "sku": f"SKU-{product.pk}-Standard",
            "label": "Standard",
            "in_stock": True,
            "price_poisha": 75_050,
            "price_coins": 1_500,
        }
    ]
    assert client.get("/api/v1/store/products/nothing/").status_code == 404


def test_refusals_of_the_api_are_problems(client, shop, rafi):
    client.force_login(rafi)
    variant = shop.product().variants.get()
    refused = client.put(f"/api/v1/store/alerts/{variant.pk}/")
    assert (refused.status_code, refused.json()["detail"]) == (409, "It is in stock: you need not wait.")


def test_pictures_are_kept_in_sizes_and_shown(client, shop, keeper, clerk, rafi, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    product = shop.product("Cap")
    upload = images.process(SimpleUploadedFile("cap.png", picture((700, 700))), purpose="product")
    with pytest.raises(DomainError):
        pictures.add_picture(actor=clerk, product_id=product.pk, image=upload, alt=" ")
    pictures.add_picture(actor=clerk, product_id=product.pk, image=upload, alt="A red cap")

    page = client.get(product.get_absolute_url()).content.decode()
    assert 'alt="A red cap"' in page
    assert "-1200.webp 1200w" in page
    assert len(list(tmp_path.rglob("*.webp"))) == 4

    for _ in range(7):
        pictures.add_picture(actor=clerk, product_id=product.pk, image=upload, alt="A red cap")
    with pytest.raises(Conflict, match="at most 8"):
        pictures.add_picture(actor=clerk, product_id=product.pk, image=upload, alt="A red cap")
    assert len(list(tmp_path.rglob("*.webp"))) == 32


def test_removed_pictures_take_their_files_along(shop, clerk, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    upload = images.process(SimpleUploadedFile("cap.png", picture((700, 700))), purpose="product")
    added = pictures.add_picture(actor=clerk, product_id=shop.product().pk, image=upload, alt="A cap")
    with django_capture_on_commit_callbacks(execute=True):
        pictures.remove_picture(actor=clerk, picture_id=added.pk)
    assert list(tmp_path.rglob("*.webp")) == []
    assert not ProductImage.objects.exists()


def test_the_demo_store_is_filled_once():
    make_user("nadia", is_staff=True, is_superuser=True)
    make_user("rafi")

    assert [load(), load()] == [f"{len(WARES)} products"] * 2
    assert (len(WARES), Product.objects.filter(is_published=True).count()) == (24, 24)
    assert set(Product.objects.values_list("kind", flat=True)) == {
        "physical",
        "digital",
        "subscription",
        "bundle",
    }
    assert Variant.objects.filter(stock=0).count() == 5
    assert StockAlert.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigrams")
def test_the_search_has_its_index():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'ecommerce_product_search'")
        assert "gin_trgm_ops" in cursor.fetchone()[0]


def test_a_sold_out_bundle_says_so(client, shop):
    bundle = shop.product("Bundle", kind="bundle", stock=0)
    assert "Sold out" in text(client.get(bundle.get_absolute_url()))
    variants.set_stock(actor=shop.keeper, variant_id=bundle.variants.get().pk, stock=1)
    assert "Sold out" not in text(client.get(bundle.get_absolute_url()))

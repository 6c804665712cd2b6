"""The lists and pages of the catalogue."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.fields import FloatField

from apps.ecommerce import permissions
from apps.ecommerce.constants import RELATED
from apps.ecommerce.models import BundlePart, Category, Product, ProductImage, StockAlert, Variant, Wish
from apps.ecommerce.permissions import Viewer

ALIKE = 0.45  # word similarity from which a misspelt word still finds; "jersy" and "jersey" have 0.57


@dataclass(frozen=True)
class Filters:
    """What someone looks for. Empty means "any"."""

    search: str = ""
    category: str = ""
    game: str = ""
    rarity: str = ""
    kind: str = ""
    pay: str = ""  # "taka" or "coins"
    available: bool = False

    def __bool__(self) -> bool:
        return any((self.search, self.category, self.game, self.rarity, self.kind, self.pay, self.available))


def catalogue(*, viewer: Viewer, filters: Filters) -> QuerySet[Product]:
    """Return the products that ``viewer`` may see, with what a card shows. Two queries, whatever it finds."""
    products = permissions.products_seen_by(viewer)
    for field, value in (
        ("category__slug", filters.category),
        ("game", filters.game),
        ("rarity", filters.rarity),
        ("kind", filters.kind),
    ):
        if value:
            products = products.filter(**{field: value})
    if filters.pay:
        products = products.filter(**{f"price_{'coins' if filters.pay == 'coins' else 'poisha'}__isnull": False})
    products = products.annotate(available=Exists(_in_stock(OuterRef("pk"))))
    if filters.available:
        products = products.filter(available=True)
    if filters.search:
        products = _search(products, filters.search)
    return with_cards(products)


def _in_stock(product: OuterRef) -> QuerySet[Variant]:
    return Variant.objects.filter(Q(stock__isnull=True) | Q(stock__gt=0), product=product, is_active=True)


def _search(products: QuerySet[Product], typed: str) -> QuerySet[Product]:
    """Keep what has every word; when nothing does, on PostgreSQL, what has words like it."""
    words = typed.lower().split()[:8]
    found = products
    for word in words:
        found = found.filter(search_text__contains=word)
    if connection.vendor != "postgresql" or found.exists():
        return found
    likeness = Func(Value(" ".join(words)), F("search_text"), function="word_similarity", output_field=FloatField())
    return products.annotate(likeness=likeness).filter(likeness__gte=ALIKE)


def with_cards(products: QuerySet[Product]) -> QuerySet[Product]:
    """Bring along what a card shows: shelf and first picture."""
    return products.select_related("category").prefetch_related(
        Prefetch("images", ProductImage.objects.order_by("position", "pk"), to_attr="pictures")
    )


def categories() -> QuerySet[Category]:
    """Return the shelves that have something on them."""
    return Category.objects.filter(Exists(Product.objects.filter(category=OuterRef("pk"), is_published=True)))


@dataclass(frozen=True)
class Offer:
    """One variant as its page shows it."""

    variant: Variant
    waiting: bool

    @property
    def few(self) -> bool:
        return self.variant.stock is not None and 0 < self.variant.stock <= 5


@dataclass(frozen=True)
class ProductPage:
    product: Product
    pictures: list[ProductImage]
    offers: list[Offer]
    parts: list[BundlePart]
    related: list[Product]
    wished: bool

    @property
    def available(self) -> bool:
        return any(offer.variant.in_stock for offer in self.offers)


def product_page(viewer: Viewer, slug: str) -> ProductPage:
    """Return a product with all of its page. The number of queries does not depend on how much there is.

    Raises:
        NotFound, PermissionRefused: As :func:`apps.ecommerce.permissions.product_seen_by`.
    """
    product = permissions.product_seen_by(viewer, slug)
    waiting, wished = set[int](), False
    if viewer.is_authenticated:
        mine = StockAlert.objects.filter(user=viewer, variant__product=product, told_at=None)
        waiting = set(mine.values_list("variant_id", flat=True))
        wished = Wish.objects.filter(user=viewer, product=product).exists()
    variants = list(product.variants.filter(is_active=True))
    for variant in variants:
        variant.product = product
    return ProductPage(
        product=product,
        pictures=list(product.images.all()),
        offers=[Offer(variant, variant.pk in waiting) for variant in variants],
        parts=list(product.parts.select_related("variant__product")),
        related=_related(viewer, product),
        wished=wished,
    )


def _related(viewer: Viewer, product: Product) -> list[Product]:
    """Return others for the same game, then others of the same shelf."""
    others = permissions.products_seen_by(viewer).exclude(pk=product.pk)
    others = others.annotate(available=Exists(_in_stock(OuterRef("pk"))))
    near = Q(category=product.category_id)
    if product.game:
        near |= Q(game=product.game)
    same_game = Q(game=product.game) if product.game else Q(pk=None)
    ordered = others.filter(near).annotate(same_game=same_game).order_by("-same_game", "-published_at", "-pk")
    return list(with_cards(ordered)[:RELATED])


def wishlist(viewer: Viewer) -> QuerySet[Wish]:
    """Return the viewer's wishes, newest first, with what a card shows. What was withdrawn waits unseen."""
    products = with_cards(Product.objects.annotate(available=Exists(_in_stock(OuterRef("pk")))))
    return (
        Wish.objects.filter(user=viewer.pk, product__is_published=True)
        .prefetch_related(Prefetch("product", products))
        .order_by("-pk")
    )


def alerts(viewer: Viewer) -> QuerySet[StockAlert]:
    """Return what the viewer waits for."""
    return StockAlert.objects.filter(user=viewer.pk, told_at=None).select_related("variant__product")

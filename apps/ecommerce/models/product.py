"""What the store sells: products, the variants that are put into a cart, their pictures, and what a bundle holds."""

from decimal import Decimal
from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower, Now
from django.urls import reverse

from apps.common.images import Purpose, RenditionsField, register
from apps.ecommerce.constants import LARGEST_PRICE_COINS, LARGEST_PRICE_POISHA, LARGEST_STOCK, Kind, Rarity
from apps.ecommerce.models.grouping import Brand, Category

# Lists show 160 to 320 pixels, a phone's page 640, a wide screen 1,200.
PICTURE = register(Purpose("product", "The picture", Fraction(1), (160, 320, 640, 1200), min_width=320))


class Product(models.Model):
    """A thing with a page. What is bought is one of its variants; every product has at least one."""

    Kind = Kind
    Rarity = Rarity

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=90, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products", null=True, blank=True)
    game = models.CharField(max_length=12, blank=True, help_text="Code of the game it is for.")
    summary = models.CharField(max_length=140, help_text="One line, shown in lists.")
    description = models.TextField(max_length=4000, blank=True)
    rarity = models.CharField(max_length=10, choices=Rarity.choices, default=Rarity.COMMON)
    price_poisha = models.BigIntegerField(null=True, blank=True, help_text="VAT included. Empty: coins only.")
    price_coins = models.BigIntegerField(null=True, blank=True, help_text="Empty: taka only.")
    # For sorting only: where there is no price in taka, a coin counts as one.
    list_price = models.GeneratedField(
        expression=Coalesce(F("price_poisha"), F("price_coins") * 100),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    edition = models.PositiveIntegerField(null=True, blank=True, help_text="How many there will ever be, if limited.")
    edition_sold = models.PositiveIntegerField(db_default=0, default=0, editable=False)
    per_person = models.PositiveSmallIntegerField(
        "limit per person", null=True, blank=True, help_text="How many one person can buy, over all their orders."
    )
    motif = models.CharField(max_length=12, blank=True, help_text="Drawn without a picture; empty: the shelf's.")
    member_only = models.BooleanField(default=False, help_text="Only people with an account see and buy it.")
    is_published = models.BooleanField(default=False, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # Name, brand, category and game in lower case: one column for one trigram index, which the migration makes.
    search_text = models.CharField(max_length=300, default="", editable=False)

    class Meta:
        ordering = ["-pk"]
        permissions = [("publish_product", "Can publish and withdraw products")]
        indexes = [
            models.Index(fields=["-published_at", "-id"], condition=Q(is_published=True), name="ecommerce_product_new"),
            models.Index(fields=["list_price", "id"], condition=Q(is_published=True), name="ecommerce_product_price"),
            models.Index(fields=["name", "id"], condition=Q(is_published=True), name="ecommerce_product_name"),
            models.Index(
                fields=["category", "-published_at", "-id"],
                condition=Q(is_published=True),
                name="ecommerce_product_shelf",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(price_poisha__isnull=False) | Q(price_coins__isnull=False), name="ecommerce_product_priced"
            ),
            models.CheckConstraint(
                condition=(
                    Q(price_poisha__isnull=True) | Q(price_poisha__gte=1, price_poisha__lte=LARGEST_PRICE_POISHA)
                )
                & (Q(price_coins__isnull=True) | Q(price_coins__gte=1, price_coins__lte=LARGEST_PRICE_COINS)),
                name="ecommerce_product_price_possible",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="ecommerce_product_kind_known"),
            models.CheckConstraint(condition=Q(rarity__in=Rarity.values), name="ecommerce_product_rarity_known"),
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(published_at__isnull=False), name="ecommerce_product_published_when"
            ),
            models.CheckConstraint(
                condition=Q(edition__isnull=True) | Q(edition__gte=1), name="ecommerce_product_edition_possible"
            ),
            models.CheckConstraint(
                condition=Q(edition__isnull=True) | Q(edition_sold__lte=F("edition")),
                name="ecommerce_product_edition_kept",
            ),
            models.CheckConstraint(
                condition=Q(per_person__isnull=True) | Q(per_person__gte=1), name="ecommerce_product_limit_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ecommerce:product", args=[self.slug])

    @property
    def price_taka(self) -> Decimal | None:
        return None if self.price_poisha is None else Decimal(self.price_poisha) / 100

    @property
    def vat_taka(self) -> Decimal | None:
        """The 15 % VAT that the price contains."""
        return None if self.price_poisha is None else Decimal(round(self.price_poisha * 15 / 115)) / 100

    @property
    def is_limited(self) -> bool:
        return self.edition is not None


class Variant(models.Model):
    """One thing to put into a cart, with its own number and stock. Without a stock it never runs out."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    label = models.CharField(max_length=40, default="Standard", help_text="Such as M, or 100 diamonds.")
    sku = models.CharField("SKU", max_length=32)
    stock = models.IntegerField(null=True, blank=True, help_text="Empty: it is not counted.")
    price_poisha = models.BigIntegerField(null=True, blank=True, help_text="Empty: the product's.")
    price_coins = models.BigIntegerField(null=True, blank=True, help_text="Empty: the product's.")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        permissions = [("change_stock", "Can change stock")]
        constraints = [
            models.UniqueConstraint(Lower("sku"), name="ecommerce_variant_sku"),
            models.UniqueConstraint(fields=["product", "label"], name="ecommerce_variant_label"),
            models.CheckConstraint(
                condition=Q(stock__isnull=True) | Q(stock__gte=0, stock__lte=LARGEST_STOCK),
                name="ecommerce_variant_stock_not_negative",
            ),
            models.CheckConstraint(
                condition=(
                    Q(price_poisha__isnull=True) | Q(price_poisha__gte=1, price_poisha__lte=LARGEST_PRICE_POISHA)
                )
                & (Q(price_coins__isnull=True) | Q(price_coins__gte=1, price_coins__lte=LARGEST_PRICE_COINS)),
                name="ecommerce_variant_price_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product.name}, {self.label}"

    @property
    def in_stock(self) -> bool:
        return self.is_active and (self.stock is None or self.stock > 0)

    @property
    def price_taka(self) -> Decimal | None:
        poisha = self.price_poisha or self.product.price_poisha
        return None if poisha is None else Decimal(poisha) / 100

    @property
    def coins(self) -> int | None:
        return self.price_coins or self.product.price_coins


class ProductImage(models.Model):
    """A picture of a product; the first one stands in lists."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    image = RenditionsField(purpose="product")
    alt = models.CharField("description", max_length=120, help_text="What it shows, for people who can't see it.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(alt=""), name="ecommerce_image_described")]

    def __str__(self) -> str:
        return self.alt


class BundlePart(models.Model):
    """What a bundle holds. A bundle holds no bundles, so that its stock can be counted in one look."""

    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="parts")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="in_bundles")
    quantity = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "variant"], name="ecommerce_bundle_part_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="ecommerce_bundle_part_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant}"

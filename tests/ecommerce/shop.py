"""Products for the tests, made the way staff make them."""

from apps.ecommerce.models import Category, Product
from apps.ecommerce.services import catalogue, variants


class Shop:
    def __init__(self, keeper):
        self.keeper = keeper
        self.shelf = Category.objects.create(name="Wear", slug="wear", motif="jersey")
        self.made = 0

    def draft(self, name="", **values):
        self.made += 1
        given = {"kind": "physical", "category": self.shelf, "summary": "One line.", "price_poisha": 145_000, **values}
        return catalogue.create_product(actor=self.keeper, name=name or f"Thing {self.made}", **given)

    def product(self, name="", stock=5, **values):
        """A published product with one variant."""
        product = self.draft(name, **values)
        self.variant(product, stock=stock)
        if product.kind == "bundle":
            part = self.variant(self.draft(), stock=9)
            variants.put_into_bundle(actor=self.keeper, bundle_id=product.pk, variant_id=part.pk)
        return catalogue.publish_product(actor=self.keeper, product_id=product.pk)

    def variant(self, product, label="Standard", stock=5, **values):
        values.setdefault("sku", f"SKU-{product.pk}-{label}"[:32])
        return variants.add_variant(actor=self.keeper, product_id=product.pk, label=label, stock=stock, **values)

    def restock(self, variant, stock):
        return variants.set_stock(actor=self.keeper, variant_id=variant.pk, stock=stock)

    def dearer(self, product, price_poisha):
        return catalogue.change_product(actor=self.keeper, product_id=product.pk, price_poisha=price_poisha)

    def many(self, count):
        return [self.product(price_poisha=10_000 + number) for number in range(count)]


def names(page):
    return [product.name for product in page.context["page"].rows]


def published():
    return Product.objects.filter(is_published=True).count()

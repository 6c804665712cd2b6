"""The catalogue of the DeltaStore."""

from apps.ecommerce.models.grouping import Brand, Category
from apps.ecommerce.models.product import BundlePart, Product, ProductImage, Variant
from apps.ecommerce.models.wishes import StockAlert, Wish

__all__ = ["Brand", "BundlePart", "Category", "Product", "ProductImage", "StockAlert", "Variant", "Wish"]

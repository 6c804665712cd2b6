"""The catalogue as staff keep it. Every change goes through the services."""

from apps.ecommerce.admin import grouping, products

__all__ = ["grouping", "products"]

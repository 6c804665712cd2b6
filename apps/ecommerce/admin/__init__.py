"""The store as staff keep it. Every change goes through the services."""

from apps.ecommerce.admin import grouping, products, shipping

__all__ = ["grouping", "products", "shipping"]

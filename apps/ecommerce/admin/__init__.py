"""The store as staff keep it. Every change goes through the services."""

from apps.ecommerce.admin import coupons, grouping, pay_to, products, shipping

__all__ = ["coupons", "grouping", "pay_to", "products", "shipping"]

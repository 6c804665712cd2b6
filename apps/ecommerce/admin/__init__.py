"""The store as staff keep it. Every change goes through the services."""

from apps.ecommerce.admin import coupons, grouping, loyalty, pay_to, policy, products, reviews, shipping

__all__ = ["coupons", "grouping", "loyalty", "pay_to", "policy", "products", "reviews", "shipping"]

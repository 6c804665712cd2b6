"""The pages of the store."""

from apps.ecommerce.views.catalogue import product, store
from apps.ecommerce.views.wishes import alert, wish, wishlist

__all__ = ["alert", "product", "store", "wish", "wishlist"]

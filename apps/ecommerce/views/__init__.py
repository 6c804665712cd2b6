"""The pages of the store."""

from apps.ecommerce.views.addresses import add_address, addresses, choose_address, edit_address, remove_address
from apps.ecommerce.views.catalogue import product, store
from apps.ecommerce.views.wishes import alert, wish, wishlist

__all__ = [
    "add_address",
    "addresses",
    "alert",
    "choose_address",
    "edit_address",
    "product",
    "remove_address",
    "store",
    "wish",
    "wishlist",
]

"""The pages of the store."""

from apps.ecommerce.views.addresses import add_address, addresses, choose_address, edit_address, remove_address
from apps.ecommerce.views.cart import add_to_cart, cart, change_cart
from apps.ecommerce.views.catalogue import product, store
from apps.ecommerce.views.checkout import checkout, review
from apps.ecommerce.views.orders import (
    cancel_order,
    choose_payment,
    finish_paypal,
    order,
    orders,
    payment_proof,
    received,
    start_paypal,
    tell_payment,
)
from apps.ecommerce.views.wishes import alert, wish, wishlist

__all__ = [
    "add_address",
    "add_to_cart",
    "addresses",
    "alert",
    "cancel_order",
    "cart",
    "change_cart",
    "checkout",
    "choose_address",
    "choose_payment",
    "edit_address",
    "finish_paypal",
    "order",
    "orders",
    "payment_proof",
    "product",
    "received",
    "remove_address",
    "review",
    "start_paypal",
    "store",
    "tell_payment",
    "wish",
    "wishlist",
]

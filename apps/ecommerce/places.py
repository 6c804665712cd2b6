"""Where the frame leads into the store."""

from typing import Any

from django.http import HttpRequest

from apps.common.navigation import NavItem
from apps.ecommerce import permissions
from apps.ecommerce.models import Order
from apps.ecommerce.permissions import Viewer
from apps.ecommerce.selectors import carts
from apps.ecommerce.views.cart import key_of


def store_place(request: HttpRequest) -> NavItem:
    return NavItem("Store", "ecommerce:store", "shopping-bag", section="/crownstore/")


def wishlist_place(request: HttpRequest) -> NavItem:
    return NavItem("Wishlist", "ecommerce:wishlist", "heart", section="/crownstore/wishlist/")


def addresses_place(request: HttpRequest) -> NavItem:
    return NavItem("Addresses", "ecommerce:addresses", "map-pin", section="/me/addresses/")


def orders_place(request: HttpRequest) -> NavItem | None:
    return NavItem("Orders", "ecommerce:orders", "package", section="/crownstore/orders/")


def cart_tool(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The cart in the header: one query for its count, none for a visitor who has no cart."""
    return "ecommerce/cart_tool.html", {"cart_count": carts.count(request.user, key_of(request))}


def ledger_cause(kind: str, which: str, viewer: Viewer) -> tuple[str, str] | None:
    """Lead from a movement of coins to the order that it was for."""
    if kind != "order" or not which.isdecimal():
        return None
    order = Order.objects.filter(pk=which).first()
    if order is None:
        return None
    return f"Order {order.number}", order.get_absolute_url() if order.user_id == viewer.pk else ""


def points_place(request: HttpRequest) -> NavItem:
    return NavItem("Points", "ecommerce:points", "star", section="/crownstore/points/")


def desk_place(request: HttpRequest) -> NavItem | None:
    """For staff only, in the account menu."""
    if permissions.can_see_orders(request.user):
        return NavItem("Order desk", "ecommerce:desk", "list-checks", section="/crownstore/desk/")
    if permissions.can_moderate_reviews(request.user):
        return NavItem("Reviews to read", "ecommerce:desk_reviews", "list-checks", section="/crownstore/desk/")
    return None

"""Where the frame leads into the store."""

from django.http import HttpRequest

from apps.common.navigation import NavItem


def store_place(request: HttpRequest) -> NavItem:
    return NavItem("Store", "ecommerce:store", "shopping-bag", section="/crownstore/")


def wishlist_place(request: HttpRequest) -> NavItem:
    return NavItem("Wishlist", "ecommerce:wishlist", "heart", section="/crownstore/wishlist/")


def addresses_place(request: HttpRequest) -> NavItem:
    return NavItem("Addresses", "ecommerce:addresses", "map-pin", section="/me/addresses/")

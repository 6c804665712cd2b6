"""Where the frame leads into this app."""

from django.http import HttpRequest

from apps.common.navigation import NavItem


def wallet_place(request: HttpRequest) -> NavItem:
    return NavItem("Wallet", "economy:wallet", "coins", section="/wallet/")

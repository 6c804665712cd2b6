"""Where the frame leads on these pages' behalf."""

from django.http import HttpRequest

from apps.common.navigation import NavItem


def home_place(request: HttpRequest) -> NavItem:
    return NavItem("Home", "corepages:home", "house")


def about_place(request: HttpRequest) -> NavItem:
    return NavItem("About", "corepages:about")


def faq_place(request: HttpRequest) -> NavItem:
    return NavItem("Questions", "corepages:faq")


def contact_place(request: HttpRequest) -> NavItem:
    return NavItem("Contact", "corepages:contact")


def terms_place(request: HttpRequest) -> NavItem:
    return NavItem("Terms", "corepages:terms")


def privacy_place(request: HttpRequest) -> NavItem:
    return NavItem("Privacy", "corepages:privacy")


FOOTER = (about_place, faq_place, contact_place, terms_place, privacy_place)

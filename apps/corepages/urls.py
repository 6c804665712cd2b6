"""URLs of the public pages. ``deltacrown.urls`` includes them at the root."""

from django.contrib.sitemaps.views import index, sitemap
from django.urls import path
from django.views.decorators.cache import cache_page

from apps.corepages import views
from apps.corepages.sitemaps import SITEMAPS

app_name = "corepages"

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("faq/", views.faq, name="faq"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
    path("contact/", views.contact, name="contact"),
    path("contact/sent/", views.contact_sent, name="contact_sent"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("manifest.webmanifest", views.web_manifest, name="web_manifest"),
    path(
        "sitemap.xml",
        cache_page(3600)(index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "corepages:sitemap_section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", cache_page(3600)(sitemap), {"sitemaps": SITEMAPS}, name="sitemap_section"),
]

"""URLs of all apps. An app's own URLs live in its ``urls.py``."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("notifications/", include("apps.notifications.urls")),
    path("mailbox/", include("apps.core.mailbox.urls")),
    path("", include("apps.siteui.urls")),
]

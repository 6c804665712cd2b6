from django.urls import path

from apps.siteui import views

app_name = "siteui"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("styleguide/", views.styleguide, name="styleguide"),
]

"""URLs of the dashboard. The home page shows it to members as well."""

from django.urls import path

from apps.dashboard import views

app_name = "dashboard"

urlpatterns = [path("dashboard/", views.home, name="home")]

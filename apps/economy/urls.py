"""URLs of the wallet. It is always one's own, so no address names whose."""

from django.urls import path

from apps.economy import views

app_name = "economy"

urlpatterns = [
    path("wallet/", views.wallet, name="wallet"),
    path("wallet/entries/<int:entry_id>/", views.entry, name="entry"),
    path("wallet/entries.csv", views.export, name="export"),
    path("wallet/statement.json", views.statement, name="statement"),
]

"""Pages of the mailbox."""

from django.urls import path

from apps.core.mailbox import views

app_name = "mailbox"

urlpatterns = [
    path("", views.index, name="index"),
    path("clear/", views.clear, name="clear"),
    path("<str:mail_id>/", views.detail, name="detail"),
    path("<str:mail_id>/html/", views.html, name="html"),
    path("<str:mail_id>/source/", views.source, name="source"),
]

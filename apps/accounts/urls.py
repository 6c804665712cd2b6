"""Account pages: ours, and allauth's around them."""

from collections.abc import Sequence
from typing import Any

import allauth.urls
from django.db import transaction
from django.urls import URLPattern, URLResolver, include, path

from apps.accounts import views


def in_one_transaction(patterns: Sequence[Any]) -> list[URLPattern | URLResolver]:
    """Let every view of ``patterns`` be one transaction.

    allauth changes an account and then sends the mail about it. A process that dies between the two must not leave
    a changed password that nobody was told of, so the change and the stored mail are committed together.
    """
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            in_one_transaction(pattern.url_patterns)
        elif not hasattr(pattern.callback, "in_one_transaction"):
            pattern.callback = transaction.atomic(pattern.callback)
            pattern.callback.in_one_transaction = True
    return list(patterns)


own = (
    [
        path("security/", views.security, name="security"),
        path("staff/second-factor/", views.staff_second_factor, name="staff_second_factor"),
        path("sessions/<int:session_id>/end/", views.end_session, name="end_session"),
        path("sessions/end-others/", views.end_other_sessions, name="end_other_sessions"),
        path("data/", views.personal_data, name="personal_data"),
        path("data/download/", views.download_personal_data, name="download_personal_data"),
        path("delete/", views.delete_account, name="delete_account"),
        path("restore/", views.restore, name="restore"),
        path("restore/<str:token>/", views.restore_by_link, name="restore_by_link"),
    ],
    "accounts",
)

urlpatterns = [
    path("", include(own)),
    *in_one_transaction(
        [
            # Before allauth's: these two know what to do when a name is taken in the very moment.
            path("signup/", views.signup, name="account_signup"),
            path("social/signup/", views.social_signup, name="socialaccount_signup"),
            path("sessions/", views.sessions, name="usersessions_list"),
            *allauth.urls.urlpatterns,
        ]
    ),
]

"""Account pages that are ours; login, reset and second factors are allauth's, with our templates."""

from apps.accounts.views.data import download_personal_data, personal_data
from apps.accounts.views.deletion import delete_account, restore, restore_by_link
from apps.accounts.views.security import security, staff_second_factor
from apps.accounts.views.sessions import end_other_sessions, end_session, sessions
from apps.accounts.views.signup import signup, social_signup

__all__ = [
    "delete_account",
    "download_personal_data",
    "end_other_sessions",
    "end_session",
    "personal_data",
    "restore",
    "restore_by_link",
    "security",
    "sessions",
    "signup",
    "social_signup",
    "staff_second_factor",
]

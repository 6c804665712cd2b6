"""Accounts in figures."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.db.models import Count, Q
from django.db.models.functions import Now

from apps.accounts.models import User
from apps.core.metrics import Family, Source, register
from apps.core.metrics.sources import Values

USERS = Family("deltacrown_users", "Accounts that may log in.")
REGISTRATIONS = Family("deltacrown_registrations_last_day", "Accounts made in the last 24 hours.")
ACTIVE = Family("deltacrown_active_users", "People whose session was used, to five minutes.", ("window",))
WINDOWS = {"15m": timedelta(minutes=15), "1d": timedelta(days=1)}


def read() -> Values:
    people = User.objects.filter(is_active=True).aggregate(
        all=Count("pk"), new=Count("pk", filter=Q(date_joined__gte=Now() - timedelta(days=1)))
    )
    seen = {
        window: Count("user", distinct=True, filter=Q(last_seen_at__gte=Now() - length))
        for window, length in WINDOWS.items()
    }
    active = UserSession.objects.filter(last_seen_at__gte=Now() - max(WINDOWS.values())).aggregate(**seen)
    return {USERS.name: people["all"], REGISTRATIONS.name: people["new"], ACTIVE.name: active}


def register_all() -> None:
    register(Source("accounts", (USERS, REGISTRATIONS, ACTIVE), read, fresh_for=30))

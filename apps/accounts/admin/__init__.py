"""Accounts for staff."""

from apps.accounts.admin import deletions, groups, logins, users

__all__ = ["deletions", "groups", "logins", "users"]

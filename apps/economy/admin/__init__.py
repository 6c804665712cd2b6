"""Coins in the admin: everything is read, nothing is typed into; changes go through the services."""

from apps.economy.admin import adjusting, ledger, policies

__all__ = ["adjusting", "ledger", "policies"]

"""The member's wallet."""

from apps.economy.views.downloads import export, statement
from apps.economy.views.wallet import entry, wallet

__all__ = ["entry", "export", "statement", "wallet"]

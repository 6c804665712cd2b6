"""Statements of bKash, Nagad, Rocket and banks, as their sites and people's spreadsheet programs write them."""

from apps.ecommerce.statements.reading import Entry, Read, read

__all__ = ["Entry", "Read", "read"]

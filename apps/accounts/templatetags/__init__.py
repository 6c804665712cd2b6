"""Filters for the templates of accounts."""

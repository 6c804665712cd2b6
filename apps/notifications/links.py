"""Addresses as they stand in mails and messages, outside of the site."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return the address of a path of this site."""
    return str(settings.SITE_URL).rstrip("/") + path

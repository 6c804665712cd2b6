"""Keeps the tokens of webhooks unreadable in the database and its backups.

The key is derived from ``SECRET_KEY``, with the old ones as fallbacks, so that a new key locks nobody out.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_PURPOSE = b"notifications.webhook:"


class Unreadable(Exception):
    """The token was sealed with a key that this site does not have any more."""


def seal(token: str) -> str:
    return _box().encrypt(token.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the token. Raises ``Unreadable``."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + key.encode()).digest())) for key in keys]
    )

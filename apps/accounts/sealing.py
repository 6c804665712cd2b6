"""Secrets at rest: what only this site may read, encrypted with keys made from ``SECRET_KEY``."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """It was sealed with a key that is gone, or was changed."""


def _fernet(purpose: str) -> MultiFernet:
    # One key per purpose: a sealed mail pasted where a second factor's secret belongs must not open.
    keys = []
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"deltacrown:{purpose}".encode())
        keys.append(Fernet(base64.urlsafe_b64encode(derive.derive(str(secret).encode()))))
    return MultiFernet(keys)


def seal(text: str, *, purpose: str) -> str:
    """Encrypt ``text``. Reading it needs the same ``purpose``."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt what ``seal`` made, also with a key of ``SECRET_KEY_FALLBACKS``.

    Raises:
        Unreadable: No key fits.
    """
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable(purpose) from error

"""Recognising the browsers somebody logs in with."""

import hashlib
import re
import secrets

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import KnownDevice, User

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def recognise_device(*, user: User, token: str) -> tuple[str, bool]:
    """Remember that ``user`` logged in with the browser that carries ``token``.

    Returns:
        The token that the browser should carry from now on, and whether the login should be told by mail: true for
        a browser that this person never used, unless it is their first one at all.
    """
    now = timezone.now()
    if not _TOKEN.match(token):
        token = secrets.token_urlsafe(32)
    first_ever = not KnownDevice.objects.filter(user=user).exists()
    _, created = KnownDevice.objects.update_or_create(
        user=user,
        digest=digest_of(token),
        defaults={"last_seen_at": now},
        create_defaults={"last_seen_at": now, "first_seen_at": now},
    )
    return token, created and not first_ever

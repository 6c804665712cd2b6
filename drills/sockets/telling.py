"""Tells people something and returns when that was committed."""

import time
from uuid import uuid4

from django.db import transaction

from apps.notifications.services import notify


def tell(people: list[int]) -> float:
    """Return the time of the commit; pushes follow it, from this process or from a worker."""
    with transaction.atomic():
        committed: list[float] = []
        transaction.on_commit(lambda: committed.append(time.time()))  # before the pushes, which also follow the commit
        notify(people, "notifications.followed", context={"actor": "Mim"}, fingerprint=uuid4().hex)
    return committed[0]

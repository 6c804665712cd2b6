"""Who waits for an answer."""

from typing import Any

from django.db.models import QuerySet

from apps.support.constants import Status
from apps.support.models import Ticket


def waiting() -> list[QuerySet[Any]]:
    return [Ticket.objects.filter(status=Status.OPEN)]

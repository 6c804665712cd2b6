"""Say when one usually can."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import rate_limit
from apps.core.errors import DomainError
from apps.corelib import week
from apps.teams.models import Availability


@transaction.atomic(durable=True)
def tell_availability(*, actor: User, places: Iterable[int]) -> Availability:
    """Replace the actor's usual week. It is their own note and nobody else's, so the trail has no row of it.

    Raises:
        DomainError: A place is not one of the week.
        RateLimited: More than sixty within an hour.
    """
    rate_limit.check("teams.availability", key=str(actor.pk), limit=60, seconds=3600)
    try:
        blocks = week.pack(places)
    except ValueError as error:
        raise DomainError("Choose blocks of the week that is shown.", field="places") from error
    told, _ = Availability.objects.update_or_create(
        user=actor, defaults={"blocks": blocks, "changed_at": timezone.now()}
    )
    return told

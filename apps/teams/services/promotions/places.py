"""What a place costs and how many stand there: staff's to say."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.models import PromotionPlace

CHANGEABLE = ("price_per_day", "slots", "longest", "is_bookable")


@transaction.atomic  # the admin calls it inside its own transaction
def change_place(*, actor: User, kind: str, **changes: Any) -> PromotionPlace:
    """Change price (DC a day), slots, longest stay (days) or whether captains may book. What is booked stays as it is.

    Raises:
        PermissionRefused: The actor is not staff who may change promotions.
        DomainError: There is no such place, or a figure is out of its range; ``field`` names it.
    """
    permissions.check_promote(actor)
    place = lock_place(kind)
    changes = {name: changes[name] for name in CHANGEABLE if name in changes and changes[name] != getattr(place, name)}
    old = {name: getattr(place, name) for name in changes}
    for name, value in changes.items():
        setattr(place, name, value)
    try:
        place.full_clean(validate_unique=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise DomainError(messages[0], field=field) from error
    if changes:
        place.save(update_fields=list(changes))
        audit.record(actor=actor, action="team.promotion_place_changed", target=place, old=old, new=changes)
    return place


def lock_place(kind: str) -> PromotionPlace:
    """Return the place, locked until the transaction ends. Whoever takes a day there waits for this row."""
    if kind not in PromotionPlace.Kind.values:
        raise DomainError(
            f"There is no place {kind!r}. There are {', '.join(PromotionPlace.Kind.values)}.", field="kind"
        )
    locked = PromotionPlace.objects.select_for_update(no_key=True).filter(kind=kind)
    place = locked.first()
    if place is None:  # a kind that is younger than the rows of the migration
        PromotionPlace.objects.bulk_create([PromotionPlace(kind=kind)], ignore_conflicts=True)
        place = locked.get()
    return place

"""The loyalty programme, as staff set it."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import DomainError, NotFound
from apps.ecommerce import permissions
from apps.ecommerce.models import LoyaltyProgram, LoyaltyTier

FIELDS = ("name", "points_per_100_taka", "point_value_poisha", "smallest_redemption", "coupon_days", "is_active")
_MOST = {
    "points_per_100_taka": 1_000,
    "point_value_poisha": 100_000,
    "smallest_redemption": 1_000_000,
    "coupon_days": 3_650,
}


@transaction.atomic
def save_program(*, actor: User, program_id: int | None = None, **values: object) -> LoyaltyProgram:
    """Make a programme or change one. When it runs, the one that ran before stops. Points that were given stay.

    Raises:
        PermissionRefused: The actor may not change programmes.
        DomainError: A value is not possible; ``field`` names it.
    """
    permissions.check_change_loyalty(actor)
    program = LoyaltyProgram() if program_id is None else _locked(program_id)
    for name, value in values.items():
        if name not in FIELDS:
            raise TypeError(f"No such field: {name}.")
        setattr(program, name, value)
    _check(program)
    if program.is_active:
        LoyaltyProgram.objects.filter(is_active=True).exclude(pk=program.pk).update(is_active=False)
    program.save()
    action = "loyalty.program_changed" if program_id else "loyalty.program_created"
    audit.record(actor=actor, action=action, target=program, new={name: getattr(program, name) for name in FIELDS})
    return program


@transaction.atomic
def set_tiers(*, actor: User, program_id: int, tiers: Sequence[tuple[str, int, int]]) -> None:
    """Set the tiers: name, from so many points, per cent. Who is in which is read, so it holds at once.

    Raises:
        PermissionRefused, DomainError: As in :func:`save_program`.
    """
    permissions.check_change_loyalty(actor)
    program = _locked(program_id)
    if len({points for _, points, _ in tiers}) != len(tiers):
        raise DomainError("Two tiers begin at the same points.", field="from_points")
    for name, points, percent in tiers:
        if not name.strip() or points < 0 or not 100 <= percent <= 1000:
            raise DomainError("A tier has a name, points from 0, and 100 to 1,000 per cent.", field="percent")
    program.tiers.all().delete()
    LoyaltyTier.objects.bulk_create(
        LoyaltyTier(program=program, name=name.strip(), from_points=points, percent=percent)
        for name, points, percent in tiers
    )
    audit.record(actor=actor, action="loyalty.tiers_set", target=program, new={"tiers": [list(tier) for tier in tiers]})


def _locked(program_id: int) -> LoyaltyProgram:
    program = LoyaltyProgram.objects.select_for_update(of=("self",), no_key=True).filter(pk=program_id).first()
    if program is None:
        raise NotFound("There is no such programme.")
    return program


def _check(program: LoyaltyProgram) -> None:
    if not program.name.strip() or len(program.name) > 40:
        raise DomainError("Name it in at most 40 characters.", field="name")
    for name, most in _MOST.items():
        value = getattr(program, name)
        if type(value) is not int or not 1 <= value <= most:
            raise DomainError(f"A whole number from 1 to {most:,}.", field=name)

"""What holds for all orders, as staff set it."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import DomainError
from apps.ecommerce import permissions
from apps.ecommerce.models import OrderPolicy

MOST_DAYS = 90


@transaction.atomic
def save_policy(*, actor: User, complete_after_days: int) -> OrderPolicy:
    """Say after how many quiet days a delivered order is completed by itself; 0 for never. It holds from the next run.

    Raises:
        PermissionRefused: The actor may not change it.
        DomainError: No whole number from 0 to 90.
    """
    permissions.check_change_order_policy(actor)
    if type(complete_after_days) is not int or not 0 <= complete_after_days <= MOST_DAYS:
        raise DomainError(f"A whole number of days from 0 (never) to {MOST_DAYS}.", field="complete_after_days")
    OrderPolicy.objects.bulk_create([OrderPolicy(pk=1)], ignore_conflicts=True)
    policy = OrderPolicy.objects.select_for_update().get(pk=1)
    if policy.complete_after_days != complete_after_days:
        old, policy.complete_after_days = policy.complete_after_days, complete_after_days
        policy.save(update_fields=["complete_after_days"])
        audit.record(
            actor=actor,
            action="order_policy.changed",
            target=policy,
            old={"complete_after_days": old},
            new={"complete_after_days": complete_after_days},
        )
    return policy

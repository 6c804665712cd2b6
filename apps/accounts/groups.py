"""The groups that staff are put into, with what each may do. They exist after every ``migrate``.

An app says what its part is: it fills the slot ``staff_groups`` with a callable that returns
``{"Store manager": ("ecommerce.process_order", …)}``. A group gets each right once, also one that a later release adds.
What an administrator took away or added stays as they left it.
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from apps.accounts.models import GivenRight
from apps.core import slots

MODERATOR = "Moderator"
STORE_MANAGER = "Store manager"
SUPPORT_AGENT = "Support agent"
OPERATOR = "Operator"


def give_rights(sender: AppConfig, using: str = "default", apps: Any = global_apps, **_signal: Any) -> None:
    """Give the groups the rights of one app, once its permissions exist. Run again, it changes nothing."""
    try:
        apps.get_model("accounts", "GivenRight")
    except LookupError:  # somebody migrated back to before the table
        return
    own = {
        f"{sender.label}.{right.codename}": right
        for right in Permission.objects.using(using).filter(content_type__app_label=sender.label)
    }
    for name, wanted in _wanted(sender.label).items():
        with transaction.atomic(using=using):
            group, _ = Group.objects.using(using).get_or_create(name=name)
            noted = GivenRight.objects.using(using).filter(group=name, right__startswith=f"{sender.label}.")
            before = set(noted.values_list("right", flat=True))
            new = [right for right in wanted if right in own and right not in before]
            # A group with rights of this app and no note got them before there were notes.
            if before or not group.permissions.filter(content_type__app_label=sender.label).exists():
                group.permissions.add(*(own[right] for right in new))
            GivenRight.objects.using(using).bulk_create(
                [GivenRight(group=name, right=right) for right in new], ignore_conflicts=True
            )


def operator_rights() -> dict[str, tuple[str, ...]]:
    """What who runs the platform may do in ``core``, which stands below this app."""
    jobs = ("view_job", "requeue_job", "view_schedule", "manage_schedule", "resolve_error", "view_auditevent")
    backups = ("view_backuprecord", "run_backup")
    return {OPERATOR: tuple(f"core.{right}" for right in (*jobs, *backups))}


def _wanted(label: str) -> dict[str, list[str]]:
    """Return the rights of one app by group, over all fillings."""
    wanted: dict[str, list[str]] = {}
    for fill in slots.fillings("staff_groups"):
        for name, rights in fill().items():
            if own := [right for right in rights if right.partition(".")[0] == label]:
                wanted.setdefault(name, []).extend(own)
    return wanted

"""The groups that staff are put into, with what each may do. They exist after every ``migrate``.

An app says what its part is: it fills the slot ``staff_groups`` with a callable that returns
``{"Store manager": ("ecommerce.process_order", …)}``. A group gets an app's rights once: when it has none of that app
yet. What an administrator took away or added later stays as they left it.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

from apps.core import slots

MODERATOR = "Moderator"
STORE_MANAGER = "Store manager"
SUPPORT_AGENT = "Support agent"
OPERATOR = "Operator"


def give_rights(sender: AppConfig, using: str = "default", **_signal: Any) -> None:
    """Give the groups the rights of one app, once its permissions exist. Run again, it changes nothing."""
    own = Permission.objects.using(using).filter(content_type__app_label=sender.label)
    for name, codenames in _wanted(sender.label).items():
        rights = list(own.filter(codename__in=codenames))
        group, _ = Group.objects.using(using).get_or_create(name=name)
        if rights and not own.filter(group=group).exists():
            group.permissions.add(*rights)


def operator_rights() -> dict[str, tuple[str, ...]]:
    """What who runs the platform may do in ``core``, which stands below this app."""
    jobs = ("view_job", "requeue_job", "view_schedule", "manage_schedule", "resolve_error", "view_auditevent")
    backups = ("view_backuprecord", "run_backup")
    return {OPERATOR: tuple(f"core.{right}" for right in (*jobs, *backups))}


def _wanted(label: str) -> dict[str, list[str]]:
    """Return the codenames of one app by group, over all fillings."""
    wanted: dict[str, list[str]] = {}
    for fill in slots.fillings("staff_groups"):
        for name, rights in fill().items():
            codenames = [right.partition(".")[2] for right in rights if right.partition(".")[0] == label]
            if codenames:
                wanted.setdefault(name, []).extend(codenames)
    return wanted

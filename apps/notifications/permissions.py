"""Who may do what to notifications and Discord channels."""

from typing import Any

from apps.accounts.groups import OPERATOR
from apps.core.errors import NotFound, PermissionRefused
from apps.notifications import webhook_owners
from apps.notifications.constants import SITE_OWNER
from apps.notifications.models import Webhook
from apps.notifications.models.webhook import WebhookQuerySet

REQUEUE = "notifications.requeue_delivery"
CLEAR_BOUNCES = "notifications.clear_bouncedaddress"
SITE_WEBHOOKS = "notifications.manage_site_webhooks"


def can_requeue(actor: Any) -> bool:
    """Return whether this member of staff may have a delivery tried again. ``None`` is the operator at the shell."""
    return actor is None or bool(actor.is_active and actor.is_staff and actor.has_perm(REQUEUE))


def check_requeue(actor: Any) -> None:
    """Raise ``PermissionRefused`` unless the actor may have a delivery tried again."""
    if not can_requeue(actor):
        raise PermissionRefused("Only staff who may requeue deliveries can send one again.")


def can_clear_bounces(actor: Any) -> bool:
    """Return whether this member of staff may have mails sent to a bounced address again."""
    return bool(actor.is_active and actor.is_staff and actor.has_perm(CLEAR_BOUNCES))


def check_clear_bounces(actor: Any) -> None:
    if not can_clear_bounces(actor):
        raise PermissionRefused("Only staff who may clear bounced addresses can do this.")


def can_manage_site_webhooks(actor: Any) -> bool:
    """Return whether this member of staff looks after the site's Discord channels."""
    return bool(actor.is_active and actor.is_staff and actor.has_perm(SITE_WEBHOOKS))


def check_manage_webhooks(actor: Any, owner: str) -> None:
    """Raise a refusal unless the actor may manage the Discord channels of this owner."""
    if owner == SITE_OWNER:
        if not can_manage_site_webhooks(actor):
            raise PermissionRefused("Only staff who manage the site's Discord channels can do this.")
        return
    kind, pk = webhook_owners.of(owner)
    kind.check(actor, pk)


def check_manage_webhook(actor: Any, webhook: Webhook) -> None:
    """Raise a refusal unless the actor may manage this one. Somebody else's own does not exist for them."""
    if webhook.user_id is None:
        check_manage_webhooks(actor, webhook.owner)
    elif webhook.user_id != actor.pk:
        raise NotFound("There is no such Discord channel.")


def own_webhooks(actor: Any) -> WebhookQuerySet:
    """Return the person's own: the queryset form for personal ones."""
    return Webhook.objects.filter(user_id=actor.pk, removed_at__isnull=True)


def staff_groups() -> dict[str, tuple[str, ...]]:
    """Return what the groups of staff may do here."""
    return {OPERATOR: (REQUEUE, CLEAR_BOUNCES, SITE_WEBHOOKS)}

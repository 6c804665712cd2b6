"""Adds, tests and takes away the Discord channels that get news."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.core import audit, constraints, rate_limit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.notifications import permissions, registry, types, webhook_owners
from apps.notifications.constants import DISCORD_EVERYWHERE, SITE_OWNER, WEBHOOKS_PER_OWNER, WebhookKind
from apps.notifications.discord import addresses, client, messages, sealing
from apps.notifications.errors import MaybeDelivered, NotDelivered
from apps.notifications.models import Notification, Webhook
from apps.notifications.services import pacing
from apps.notifications.services.sending import notify

TWICE = "This webhook is here already."
NAME_LENGTH = 80
TESTS_A_MINUTE = 5


def set_personal_webhook(*, actor: Any, url: str, name: str = "") -> Webhook:
    """Let the actor's news also go to a Discord channel of theirs; one they had is replaced.

    Raises:
        DomainError: That is no webhook of Discord.
    """
    address = addresses.parse(url.strip())
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=actor.pk)
        old = Webhook.objects.filter(user_id=actor.pk).first()
        webhook = old or Webhook(kind=WebhookKind.PERSONAL, user_id=actor.pk)
        webhook.name = _name(name) or "My Discord channel"
        webhook.discord_id = address.discord_id
        webhook.sealed_token = sealing.seal(address.token)
        webhook.off_at, webhook.off_reason = None, ""
        webhook.created_at = timezone.now()
        webhook.added_by_id = actor.pk
        webhook.save()
        _record(actor, "replaced" if old else "added", webhook)
    return webhook


def add_webhook(*, actor: Any, owner: str, url: str, name: str) -> Webhook:
    """Let the news of a team (``teams.team:12``) or of the site (``site``) also go to a Discord channel.

    Raises:
        PermissionRefused: The actor does not manage the owner's channels.
        DomainError: That is no webhook of Discord, or it has no name.
        Conflict: It is here already, or there are too many.
    """
    permissions.check_manage_webhooks(actor, owner)
    address = addresses.parse(url.strip())
    if not _name(name):
        raise DomainError("Give the channel a name, like #announcements.", field="name")
    twice = {"webhook_once_per_owner": lambda: Conflict(TWICE, field="url")}
    with transaction.atomic(), constraints.refusing(twice):
        # Two at once would both count one too few. The site and its owners have no row of their own to lock here.
        pacing.lock(f"webhooks of {owner}")
        if Webhook.objects.of(owner).count() >= WEBHOOKS_PER_OWNER:
            raise Conflict(f"There are {WEBHOOKS_PER_OWNER} already. Take one away first.", field="url")
        webhook = Webhook.objects.create(
            kind=WebhookKind.SITE if owner == SITE_OWNER else WebhookKind.TEAM,
            owner=owner,
            name=_name(name),
            discord_id=address.discord_id,
            sealed_token=sealing.seal(address.token),
            added_by_id=actor.pk,
        )
        _record(actor, "added", webhook)
    return webhook


def choose_webhook_types(*, actor: Any, webhook_id: int, muted_types: list[str]) -> Webhook:
    """Say which kinds of news a channel of a team or the site does not get."""
    with transaction.atomic():
        webhook = _lock(actor, webhook_id)
        if not set(muted_types) <= {kind.code for kind in registry.types_to_post(webhook.owner)}:
            raise DomainError("One of these kinds of news does not exist any more. Load the page again.")
        old, webhook.muted_types = webhook.muted_types, sorted(muted_types)
        if old != webhook.muted_types:
            webhook.save(update_fields=["muted_types"])
            audit.record(
                actor=actor,
                action="notifications.webhook_changed",
                target=webhook,
                old={"muted_types": old},
                new={"muted_types": webhook.muted_types},
            )
    return webhook


def remove_webhook(*, actor: Any, webhook_id: int) -> None:
    """Take a channel away. Nothing more goes there, and its secret is deleted."""
    with transaction.atomic():
        webhook = _lock(actor, webhook_id)
        _record(actor, "removed", webhook)
        if webhook.user_id is not None:
            webhook.delete()
        else:
            webhook.removed_at = timezone.now()
            webhook.sealed_token = ""
            webhook.save(update_fields=["removed_at", "sealed_token"])


def test_webhook(*, actor: Any, webhook_id: int) -> str:
    """Post a test message now and say what came of it. One that works is on again, one that is gone is off.

    Not part of a transaction: it waits for Discord.

    Raises:
        RateLimited: Too many tests.
        Conflict: It did not work; the message says why.
    """
    webhook = _find(actor, webhook_id)
    permissions.check_manage_webhook(actor, webhook)
    rate_limit.check("notifications.webhook_test", key=f"user:{actor.pk}", limit=TESTS_A_MINUTE, seconds=60)
    now = timezone.now()
    if held := pacing.held_until(webhook.pace_key, DISCORD_EVERYWHERE, now=now):
        raise Conflict(f"Discord asked to wait {(held - now).seconds + 1} seconds. Try again then.")
    try:
        client.post(webhook.address, messages.build(_test_message(), url=""), hand_over=lambda: True)
    except sealing.Unreadable:
        raise Conflict("The webhook's address can't be read any more. Enter it again.") from None
    except NotDelivered as refusal:
        if refusal.retry_after is not None:
            pacing.hold(webhook.pace_key, until=now + timedelta(seconds=refusal.retry_after))
        if refusal.gone:
            switch_off(webhook_id=webhook.pk, discord_id=webhook.discord_id, reason=refusal.reason)
        raise Conflict(refusal.reason) from refusal
    except MaybeDelivered as doubt:
        raise Conflict(f"{doubt.reason} Look whether the message arrived.") from doubt
    if webhook.off_at is not None:
        _switch_on(actor, webhook)
        return "It works. We switched it on again."
    return "It works: look at your channel in Discord."


def switch_off(*, webhook_id: int, discord_id: int, reason: str) -> bool:
    """Send nothing more to a channel that is gone, and tell whose it is. Returns whether it was on until now.

    ``discord_id`` is what was tried: one that was replaced meanwhile stays on.
    """
    with transaction.atomic():
        webhook = (
            Webhook.objects.working()
            .select_for_update(of=("self",))
            .filter(pk=webhook_id, discord_id=discord_id)
            .first()
        )
        if webhook is None:
            return False
        webhook.off_at = timezone.now()
        webhook.off_reason = reason[:300]
        webhook.save(update_fields=["off_at", "off_reason"])
        audit.record(
            actor=None,
            action="notifications.webhook_switched_off",
            target=webhook,
            old={"off": False},
            new={"off": True, "reason": reason},
        )
        people, url = _whom_to_tell(webhook)
        notify(
            people,
            types.WEBHOOK_OFF.code,
            context={"name": webhook.name, "reason": reason, "url": url},
            fingerprint=f"webhook:{webhook.pk}:{webhook.off_at.isoformat()}",
        )
    return True


def _switch_on(actor: Any, webhook: Webhook) -> None:
    with transaction.atomic():
        row = _lock(actor, webhook.pk)
        row.off_at, row.off_reason = None, ""
        row.save(update_fields=["off_at", "off_reason"])
        _record(actor, "switched_on", row)


def _find(actor: Any, webhook_id: int) -> Webhook:
    webhook = Webhook.objects.filter(pk=webhook_id, removed_at__isnull=True).first()
    if webhook is None:
        raise NotFound("There is no such Discord channel.")
    return webhook


def _lock(actor: Any, webhook_id: int) -> Webhook:
    webhook = Webhook.objects.select_for_update(of=("self",)).filter(pk=webhook_id, removed_at__isnull=True).first()
    if webhook is None:
        raise NotFound("There is no such Discord channel.")
    permissions.check_manage_webhook(actor, webhook)
    return webhook


def _name(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:NAME_LENGTH]


def _record(actor: Any, what: str, webhook: Webhook) -> None:
    audit.record(
        actor=actor,
        action=f"notifications.webhook_{what}",
        target=webhook,
        new={"kind": webhook.kind, "owner": webhook.owner, "name": webhook.name, "discord_id": webhook.discord_id},
    )


def _whom_to_tell(webhook: Webhook) -> tuple[list[int], str]:
    if webhook.user_id is not None:
        return [webhook.user_id], reverse("notifications:discord")
    if webhook.owner == SITE_OWNER:
        app, _, codename = permissions.SITE_WEBHOOKS.partition(".")
        holds = Permission.objects.filter(content_type__app_label=app, codename=codename)
        staff = get_user_model().objects.filter(is_active=True, is_staff=True)
        staff = staff.filter(
            Q(is_superuser=True) | Q(user_permissions__in=holds) | Q(groups__permissions__in=holds)
        ).distinct()
        return sorted(staff.values_list("pk", flat=True)), reverse("admin:notifications_webhook_changelist")
    kind, pk = webhook_owners.of(webhook.owner)
    return sorted(kind.people(pk)), kind.page(pk)


def _test_message() -> Notification:
    return Notification(
        type=types.TEST.code,
        title=f"{settings.SITE_NAME} can post here",
        body="This is a test. News will look like this.",
    )

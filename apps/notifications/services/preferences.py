"""Changes what people are told and how."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from apps.core import audit
from apps.core.errors import DomainError, NotFound
from apps.notifications import registry, zones
from apps.notifications.constants import DIGEST, Channel
from apps.notifications.models import EmailSuppression, NotificationPreference
from apps.notifications.services import digests
from apps.notifications.unsubscribing import Target

DIGEST_FIELDS = {"enable_daily_digest", "opt_out_email", "digest_hour", "time_zone"}
CHANNELS = (Channel.IN_APP, Channel.EMAIL, Channel.DISCORD)


def set_preferences(*, actor: Any, **wishes: Any) -> NotificationPreference:
    """Change what the actor is told and how; what is not named stays.

    Args:
        actor: Whose preferences they are. A signed link from one of their mails stands for them.
        **wishes: ``opt_out_email``, ``enable_daily_digest``, ``digest_hour``, ``time_zone`` (a name, empty for the
            site's), ``quiet_from`` and ``quiet_until`` (hours, both or none), ``choices`` (type → channel → bool, for
            every type and channel that is to change).

    Raises:
        DomainError: A time zone, an hour, a type or a channel that does not exist.
    """
    choices = wishes.pop("choices", {})
    _check(wishes)
    with transaction.atomic():
        NotificationPreference.get_or_create_for_user(actor)
        preference = NotificationPreference.objects.select_for_update().get(user_id=actor.pk)
        wishes["choices"] = _merged(preference.choices, choices)
        was_wanted = preference.wants_digest
        old = {name: getattr(preference, name) for name in wishes}
        changed = [name for name, wish in wishes.items() if old[name] != wish]
        if changed:
            for name in changed:
                setattr(preference, name, wishes[name])
            if DIGEST_FIELDS & set(changed):
                digests.reschedule(preference, was_wanted=was_wanted, now=timezone.now())
            preference.save(update_fields=[*changed, "digest_due_at", "digest_since", "updated_at"])
            audit.record(
                actor=actor,
                action="notifications.preferences_changed",
                target=preference,
                old={name: old[name] for name in changed},
                new={name: wishes[name] for name in changed},
            )
    return preference


def set_email_opt_out(*, actor: Any, opt_out: bool) -> NotificationPreference:
    """Stop or allow notification e-mails to the actor."""
    return set_preferences(actor=actor, opt_out_email=opt_out)


def _check(wishes: dict[str, Any]) -> None:
    if wishes.get("time_zone") and wishes["time_zone"] not in zones.names():
        raise DomainError("Choose a time zone from the list.", field="time_zone")
    hours = [wishes[name] for name in ("quiet_from", "quiet_until") if name in wishes]
    if hours and (len(hours) != 2 or len({hour is None for hour in hours}) != 1):
        raise DomainError("Quiet hours need a beginning and an end.", field="quiet_until")
    if "digest_hour" in wishes and wishes["digest_hour"] is None:
        raise DomainError("Choose when the digest comes.", field="digest_hour")
    if any(hour is not None and hour not in range(24) for hour in (*hours, wishes.get("digest_hour"))):
        raise DomainError("An hour is a number from 0 to 23.", field="quiet_from")


def _merged(old: dict[str, Any], wished: dict[str, dict[str, bool]]) -> dict[str, Any]:
    """Keep only what differs from the types' own channels, so that a default that changes reaches everybody else."""
    merged = {code: dict(channels) for code, channels in old.items()}
    for code, channels in wished.items():
        kind = registry.find(code)
        if kind is None or code == DIGEST:
            raise DomainError("One of these kinds of news does not exist any more. Load the page again.")
        for channel, wanted in channels.items():
            if channel not in CHANNELS:
                raise DomainError("There is no such way to reach you.")
            if kind.required or wanted == kind.goes_by(channel):
                merged.get(code, {}).pop(channel, None)
            else:
                merged.setdefault(code, {})[channel] = wanted
    return {code: channels for code, channels in sorted(merged.items()) if channels}


def unsubscribe(*, target: Target, opt_out: bool = True) -> None:
    """Do what a signed link says; the link is the permission. Safe to repeat: mail programs do.

    Raises:
        NotFound: The account is gone.
    """
    if target.user_id is None:
        with transaction.atomic():
            if opt_out:
                EmailSuppression.objects.bulk_create([EmailSuppression(address=target.address)], ignore_conflicts=True)
            else:
                EmailSuppression.objects.filter(address__iexact=target.address).delete()
        return
    user = get_user_model().objects.filter(pk=target.user_id).first()
    if user is None:
        raise NotFound("This account does not exist any more, so it gets no e-mail.")
    kind = registry.find(target.type)
    if target.type == DIGEST:
        set_preferences(actor=user, enable_daily_digest=not opt_out)
    elif target.only_this_kind and kind and not kind.required:
        set_preferences(actor=user, choices={kind.code: {Channel.EMAIL: not opt_out}})
    else:
        set_email_opt_out(actor=user, opt_out=opt_out)

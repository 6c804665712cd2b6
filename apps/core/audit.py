"""Writes the audit trail, in the transaction of the change that it tells of."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction

from apps.core import context
from apps.core.models import AuditEvent
from apps.core.scrubbing import is_secret_name, scrub

_ACTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\Z")


def record(
    *,
    actor: Any,
    action: str,
    target: models.Model,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Remember that ``actor`` did ``action`` to ``target``.

    Args:
        actor: The user, or None when the platform itself acts.
        action: ``<app or noun>.<past tense>``, as in ``team.created``.
        target: A saved object. One that is about to be deleted is recorded before.
        old: The changed fields before. Only those: this is kept for ever.
        new: The changed fields after. Values are what JSON can hold, and dates, decimals and UUIDs.

    Raises:
        RuntimeError: outside of a transaction, where the change and its record could part.
        ValueError: when a field is named like a secret, the action is not well-formed, or the target is not saved.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"audit.record({action!r}) belongs inside the transaction of the change.")
    if not _ACTION.match(action):
        raise ValueError(f"{action!r} is not an action: write it like 'team.created'.")
    if target.pk is None:
        raise ValueError(f"{action}: the target is not saved.")
    return AuditEvent.objects.create(
        actor_id=getattr(actor, "pk", None),
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label="" if is_person(target._meta.model) else scrub(str(target))[:200],
        old=_fields(action, old),
        new=_fields(action, new),
        request_id=context.current().request_id,
    )


def is_person(model: type[models.Model]) -> bool:
    """Whether a row of ``model`` is a person: the user, or what exists once for each user, as the profile does.

    People are named by id only, so that nothing has to be taken out of the trail when they leave.
    """
    user = get_user_model()
    return issubclass(model, user) or any(
        field.one_to_one and field.related_model is user for field in model._meta.concrete_fields
    )


def _fields(action: str, fields: Mapping[str, Any] | None) -> Any:
    """Return the fields as they may be kept for ever: e-mail addresses, phone numbers and the like are hidden."""
    for name in _secrets(fields or {}):
        raise ValueError(f"{action}: {name!r} is a secret and is not recorded. Say that it changed: True or False.")
    return scrub(fields or {})


def _secrets(value: Any) -> Iterator[str]:
    """Yield the names of secrets in nested mappings and lists. Whether there is one is no secret."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if is_secret_name(str(name)) and inner is not None and not isinstance(inner, bool):
                yield str(name)
            yield from _secrets(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _secrets(inner)

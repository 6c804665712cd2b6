"""What all recipients of one call have in common: its words, its cause, and what makes it the same news as another."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from apps.notifications import registry
from apps.notifications.constants import SITE_OWNER
from apps.notifications.models import Notification
from apps.notifications.registry import NotificationType
from apps.notifications.rendering import Rendered, reference, render

FINGERPRINT_LENGTH = 200


@dataclass(frozen=True)
class Call:
    """One call of ``notify``, ready to be written down for each recipient."""

    kind: NotificationType
    rendered: Rendered
    actor_id: int | None
    subject: str
    # Whose Discord channels get it too, like ``teams.team:12``; empty for nobody's.
    owner: str
    fingerprint: str
    batch: UUID
    # What is one row while it is unread; empty when each is a row.
    bundle_key: str = ""

    def row(self, **recipient: Any) -> Notification:
        return Notification(
            type=self.kind.code,
            actor_id=self.actor_id,
            subject=self.subject,
            title=self.rendered.title,
            body=self.rendered.body,
            url=self.rendered.url,
            context=self.rendered.context,
            fingerprint=self.fingerprint,
            batch=self.batch,
            **recipient,
        )


def prepare(code: str, *, actor: Any, subject: Any, context: Any, fingerprint: str | None) -> Call:
    """Render the words and find the owner.

    Raises:
        UnknownType: Nobody registered the type.
    """
    kind = registry.get(code)
    batch = uuid4()
    return Call(
        kind=kind,
        rendered=render(kind, actor=actor, subject=subject, context=context),
        actor_id=actor.pk if actor is not None else None,
        subject=reference(subject),
        owner=owner_of(kind, subject),
        fingerprint=fingerprint_of(code, fingerprint or f"once:{batch}"),
        batch=batch,
        bundle_key=_bundle_key(kind, subject),
    )


def _bundle_key(kind: NotificationType, subject: Any) -> str:
    if not kind.bundle or not (kind.bundle_all or subject is not None):
        return ""
    return kind.code if kind.bundle_all else f"{kind.code}:{reference(subject)}"


def owner_of(kind: NotificationType, subject: Any) -> str:
    """Return the owner of the channels: the site, or the subject if it is what the type posts to."""
    if kind.posts_to == SITE_OWNER:
        return SITE_OWNER
    name = reference(subject)
    return name if kind.posts_to and name.startswith(f"{kind.posts_to}:") else ""


def fingerprint_of(code: str, given: str) -> str:
    """The type is part of it: two apps that both say "invite:5" mean different news. Long ones are digested."""
    text = f"{code}:{given}"
    return text if len(text) <= FINGERPRINT_LENGTH else f"{code}:{sha256(given.encode()).hexdigest()}"

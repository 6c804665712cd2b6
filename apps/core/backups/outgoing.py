"""After a restore mails and webhooks wait until a person has looked: some of them went out before the disaster."""

import logging
from typing import Any

from django.db import transaction

from apps.core import audit
from apps.core.backups.errors import BackupRefused
from apps.core.models import Job, OutgoingHold

logger = logging.getLogger(__name__)


def is_held() -> bool:
    return OutgoingHold.objects.exists()


def release(*, actor: Any) -> int:
    """Let mails and webhooks go again. Returns how many jobs wait, of any kind.

    Raises:
        BackupRefused: Nothing is held.
    """
    with transaction.atomic():
        held = OutgoingHold.objects.select_for_update().first()
        if held is None:
            raise BackupRefused("Nothing is held: mails and webhooks go out.")
        audit.record(actor=actor, action="outgoing.released", target=held, old={"reason": held.reason})
        held.delete()
        return Job.objects.filter(state=Job.State.QUEUED).count()

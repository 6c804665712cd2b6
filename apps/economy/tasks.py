"""Work of the ledger that waits for the commit or for the clock."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.core.jobs.task import JobTask
from apps.economy.services import earning, holding, notices
from apps.economy.services.auditing import audit_ledger as prove_ledger

LOOK_BACK = timedelta(hours=6)  # a run may be missed; a player who was paid is skipped


@shared_task(base=JobTask, bind=True, name="economy.tell_movement")
def tell_movement(self: JobTask, transaction_id: int) -> int:
    """Tell the player. Run twice, it tells once: the entry is the fingerprint."""
    return notices.tell_movement(transaction_id)


@shared_task(base=JobTask, bind=True, name="economy.earn")
def earn(self: JobTask, user_id: int, rule: str, occasion: str = "once") -> int | None:
    """Pay a rule. Run twice, it pays once: rule, player and occasion are the key."""
    entry = earning.earn_by_user(user_id=user_id, rule=rule, occasion=occasion)
    return entry.pk if entry else None


@shared_task(base=JobTask, bind=True, name="economy.earn_complete_profiles")
def earn_complete_profiles(self: JobTask) -> dict[str, int]:
    """Pay the profiles that became complete lately."""
    return {"paid": earning.earn_complete_profiles(since=timezone.now() - LOOK_BACK)}


@shared_task(base=JobTask, bind=True, name="economy.release_expired_holds", atomic=False)
def release_expired_holds(self: JobTask) -> dict[str, int]:
    """Free coins whose hold ran out. Not atomic: each hold is a transaction of its own."""
    return {"released": holding.release_expired_holds()}


@shared_task(base=JobTask, bind=True, name="economy.audit_ledger", job_queue="bulk", atomic=False)
def audit_ledger(self: JobTask) -> dict[str, int]:
    """Prove the ledger. Not atomic: the proof takes a snapshot of its own."""
    result = prove_ledger()
    return {"audit": result.pk, "faults": result.faults}

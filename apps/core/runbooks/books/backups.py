"""Backups are old, or the last proof of one failed."""

from django.conf import settings
from django.utils import timezone

from apps.core.backups import configuration, places, selectors, sets
from apps.core.backups.errors import BackupRefused
from apps.core.models import BackupRecord
from apps.core.runbooks.diagnosis import Diagnosis, Look, Runbook

OLD = selectors.OLD_HOURS * 3600.0
DRILL_OLD = selectors.DRILL_OLD_DAYS * 86_400.0


def look_at_age(diagnosis: Diagnosis, look: Look) -> None:
    """Compare what the history says with the sets that are there."""
    _judge(diagnosis, "database", look.seconds(OLD), "backup")
    told = configuration.current()
    good, broken = sets.all_of(told)
    diagnosis.evidence["sets"] = [{"id": one.id, "verified": one.verified_at} for one in good[:10]]
    diagnosis.judge(bool(good) or not settings.BACKUPS_EXPECTED, f"{len(good)} sets can be read in {told.folder}.")
    for one in broken[:3]:
        diagnosis.wrong(f"{one.id} cannot be read: {one.reason}")
    if not any(one.verified_at for one in good):
        diagnosis.note("None of them was ever verified: manage.py backup verify latest.")
    try:
        if warning := configuration.check_may_write(told):
            diagnosis.note(warning)
    except BackupRefused as error:
        diagnosis.wrong(error.message)
    there = places.look(told)
    for name, ids in there.sets.items():
        missing = [one.id for one in good if one.id not in ids and timezone.now() - one.made_at <= places.MISSED]
        diagnosis.judge(not missing, f"{name}: {len(ids)} sets are there, {len(missing)} of the last week are not.")
    for text in there.warnings:
        diagnosis.wrong(text)
    if not told.remotes:
        diagnosis.note("No second place is named (BACKUP_S3_BUCKET): a lost machine takes its backups with it.")
    diagnosis.advise("Make one now and read what it says: manage.py backup")


def look_at_proof(diagnosis: Diagnosis, look: Look) -> None:
    """Show how the last proofs ended."""
    _judge(diagnosis, "drill", look.seconds(DRILL_OLD), "proof by restoring")
    diagnosis.advise(
        "Try it again: manage.py backup verify latest. When it fails for the set itself, make a new one at once "
        "(manage.py backup), verify that, and keep the broken one to find out why."
    )


def _judge(diagnosis: Diagnosis, kind: str, limit: float, what: str) -> None:
    rows = BackupRecord.objects.filter(kind__in=selectors.KINDS[kind])
    diagnosis.evidence["history"] = list(rows.values("kind", "set_id", "state", "finished_at", "message")[:10])
    last = rows.exclude(state=BackupRecord.State.RUNNING).first()
    good = rows.filter(state=BackupRecord.State.SUCCEEDED).first()
    if last and last.state == BackupRecord.State.FAILED:
        diagnosis.wrong(f"The last {what} failed: {last.message}")
    if not settings.BACKUPS_EXPECTED:
        diagnosis.ok(f"This is development, where no {what} is asked for.")
        return
    if good is None or good.finished_at is None:
        diagnosis.wrong(f"No {what} ever succeeded.")
        return
    age = (timezone.now() - good.finished_at).total_seconds()
    diagnosis.judge(
        age <= limit, f"The last good {what} ended {age / 3600:.0f} hours ago ({limit / 3600:.0f} is too long)."
    )


BACKUP_OLD = Runbook("backup-old", "Backups are old", look_at_age, alerts=("BackupOld", "BackupCopyMissing"))
BACKUP_DRILL = Runbook("backup-drill", "A backup was not proved", look_at_proof, alerts=("BackupDrillFailed",))

"""A disk fills up: which, with what, and what may go. Never backups, never pg_wal, never uploads."""

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import LiteralString

from django.conf import settings

from apps.core.runbooks import activity, machine, reclaiming
from apps.core.runbooks.diagnosis import CannotLook, Diagnosis, Look, Remedy, Runbook

FREE = 10  # per cent, of space and of inodes
ENOUGH = 5 * 1024**3  # bytes: a tenth of a large disk is no cause for alarm
LARGE_DELETED = 50 * 1024**2
_SLOTS: LiteralString = """
    SELECT slot_name, active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS held
      FROM pg_replication_slots WHERE restart_lsn IS NOT NULL
"""
_ARCHIVER: LiteralString = """
    SELECT archived_count, failed_count, last_failed_time > coalesce(last_archived_time, '-infinity') AS failing
      FROM pg_stat_archiver
"""


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Look at each disk that the site writes to, and propose what to delete on those that are full."""
    disks = _disks()
    diagnosis.evidence["disks"] = {str(folder): shutil.disk_usage(folder) for folder in disks.values()}
    full = []
    for device, folder in disks.items():
        usage = shutil.disk_usage(folder)
        free = 100 * usage.free / usage.total
        if not diagnosis.judge(
            free >= FREE or usage.free >= ENOUGH,
            f"The disk of {folder} has {machine.megabytes(usage.free)} free of {machine.megabytes(usage.total)} "
            f"({free:.0f} %; below {FREE} % is too little).",
        ):
            full.append((device, folder))
        _look_at_inodes(diagnosis, folder)
    if full or look.deep:
        _look_at_postgresql(diagnosis)
    for device, folder in full:
        _propose(diagnosis, look, device, folder)


def _disks() -> dict[int, Path]:
    """Return one folder for each disk that is written to."""
    disks: dict[int, Path] = {}
    named = (
        settings.BASE_DIR,
        settings.LOG_DIR,
        settings.MEDIA_ROOT,
        settings.STATIC_ROOT,
        settings.EVIDENCE_DIR,
        tempfile.gettempdir(),
    )
    for name in filter(None, named):
        folder = Path(name)
        while not folder.is_dir():
            folder = folder.parent
        disks.setdefault(folder.stat().st_dev, folder)
    return disks


def _look_at_inodes(diagnosis: Diagnosis, folder: Path) -> None:
    facts = os.statvfs(folder)
    if facts.f_files and 100 * facts.f_favail / facts.f_files < FREE:
        diagnosis.wrong(f"The disk of {folder} has room for {facts.f_favail} more files only: inodes run out.")
        diagnosis.advise(f"Find the folder with the many small files: du --inodes -x {folder} | sort -n | tail")


def _look_at_postgresql(diagnosis: Diagnosis) -> None:
    """WAL that is kept for a replica or an archive that is away fills a disk, and is nothing to delete by hand."""
    try:
        slots, [archiver] = activity.ask(_SLOTS), activity.ask(_ARCHIVER)
    except CannotLook as reason:
        diagnosis.note(f"{reason} Whether it keeps WAL for somebody was not looked at.")
        return
    diagnosis.evidence.update(slots=slots, archiver=archiver)
    for slot in slots:
        if slot["held"] and slot["held"] > 1024**3:
            diagnosis.wrong(
                f"The replication slot {slot['slot_name']} keeps {machine.megabytes(slot['held'])} of WAL "
                f"({'its reader is slow' if slot['active'] else 'its reader is away'})."
            )
            diagnosis.advise(
                "Bring the reader back, or drop its slot when it is gone for good. Never delete in pg_wal."
            )
    if archiver["failing"]:
        diagnosis.wrong("Archiving WAL fails, so PostgreSQL keeps all of it.")
        diagnosis.advise("Mend archive_command (its error is in PostgreSQL's log). Never delete in pg_wal.")


def _propose(diagnosis: Diagnosis, look: Look, device: int, folder: Path) -> None:
    heaps = reclaiming.heaps(device, older_than=look.seconds(reclaiming.DAY))
    for heap in heaps:
        diagnosis.note(f"{len(heap.paths)} × {heap.what}: {machine.megabytes(heap.size)} could go.")
        diagnosis.evidence[heap.what] = [str(path) for path in heap.paths]
        diagnosis.remedies.append(
            Remedy(
                f"Delete {len(heap.paths)} × {heap.what} ({machine.megabytes(heap.size)}).",
                "Nothing reads them any more; backups, uploads and PostgreSQL's files are not among them. Their names "
                "are in the evidence.",
                "They are gone; what they were is listed in the evidence.",
                partial(reclaiming.Heap.delete, heap),
            )
        )
    for pid, name, size in reclaiming.deleted_but_open(device)[:5]:
        if size >= LARGE_DELETED:
            diagnosis.wrong(f"Process {pid} holds {name}, which is deleted and takes {machine.megabytes(size)}.")
            diagnosis.advise(
                f"Have process {pid} open its files again (reload it): deleting more frees nothing of that."
            )
    if not heaps:
        diagnosis.advise(
            f"Nothing of the site's own may go. See what is large: du -xh --max-depth=2 {folder} | sort -h | tail"
        )
    diagnosis.advise(
        "Backups: manage.py backup prune, which keeps the last verified one. Journal: journalctl --vacuum-size=200M"
    )


RUNBOOK = Runbook("disk-full", "A disk is full or fills up", look, alerts=("DiskFillingUp",))

"""Backups on the operations page and among the metrics."""

from apps.core.backups import selectors
from apps.core.metrics import Family, Source, register
from apps.core.operations import Section, sections

SECTION = Section("backups", "Backups", 60, "core/operations/backups.html", selectors.section)
FAMILIES = (
    Family(
        "deltacrown_backup_last_success_timestamp_seconds",
        "When the newest good backup, or the newest proof by restoring, ended; by place: the newest that is there.",
        ("kind",),
    ),
    Family("deltacrown_backup_last_run_failed", "1 while the last one of its kind failed.", ("kind",)),
    Family("deltacrown_backup_size_bytes", "Size of the newest good one, without the uploads.", ("kind",)),
)


def register_all() -> None:
    sections.register(SECTION)
    register(Source("backups", FAMILIES, selectors.metrics, fresh_for=30))

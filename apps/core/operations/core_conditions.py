"""What counts as wrong on the platform itself. Limits are those of deploy/prometheus/alerts.yml."""

from collections.abc import Iterator

from apps.core.operations.conditions import CRITICAL, WARNING, Condition, Facts, register
from apps.corelib.units import duration, written

ERROR_SHARE = 0.05
SLOW_P95_SECONDS = 1.0
CPU_SHARE = MEMORY_SHARE = DISK_SHARE = 0.9
DISK_FREE_ENOUGH = 5 * 1024**3  # bytes, as in the runbook: a tenth of a large disk is no cause for alarm
DISK_FULL_DAYS = 3.0
CONNECTION_SHARE = 0.8
SLOW_QUERIES_PER_SECOND = 0.2
WORKER_SILENCE, BEAT_SILENCE, SCHEDULE_LATE = 90.0, 180.0, 300.0
QUEUE_AGE = {"critical": 60.0, "default": 600.0, "bulk": 3600.0}
CERTIFICATE_DAYS = 14.0
BACKUP_HOURS, COPY_HOURS, DRILL_DAYS = 26.0, 50.0, 8.0
NEW_RELEASE_SECONDS = 3600.0
NOT_READY = {
    "migrations": "Migrations of this release are not applied",
    "storage": "The storage of uploads does not work",
    "disk": "A disk of the site takes nothing more",
}


def high_error_rate(facts: Facts) -> Iterator[str]:
    share = facts.recent.get("errors", {}).get("", 0.0)
    if share > ERROR_SHARE:
        yield f"{written(share, 'share')} of the requests of the last five minutes failed."


def bad_release(facts: Facts) -> Iterator[str]:
    age = facts.age("deltacrown_release_timestamp_seconds")
    share = facts.recent.get("errors", {}).get("", 0.0)
    if age is not None and age < NEW_RELEASE_SECONDS and share > ERROR_SHARE:
        yield f"The release that runs is {duration(age)} old, and {written(share, 'share')} of the requests fail."


def slow_requests(facts: Facts) -> Iterator[str]:
    p95 = facts.recent.get("latency", {}).get("p95", 0.0)
    if p95 > SLOW_P95_SECONDS:
        yield f"One request in twenty takes longer than {duration(p95)}."


def high_cpu(facts: Facts) -> Iterator[str]:
    busy = facts.recent.get("cpu", {}).get("", 0.0)
    if busy > CPU_SHARE:
        yield f"The processors were {written(busy, 'share')} busy over five minutes."


def high_memory(facts: Facts) -> Iterator[str]:
    used = facts.recent.get("memory", {}).get("", 0.0)
    if used > MEMORY_SHARE:
        yield f"{written(used, 'share')} of the memory is in use."


def disk_filling_up(facts: Facts) -> Iterator[str]:
    free = facts.now.by("deltacrown_system_disk_free_bytes", "place")
    for place, size in facts.now.by("deltacrown_system_disk_bytes", "place").items():
        used = 1 - free.get(place, size) / size if size else 0.0
        days = facts.full_in_days.get(place)
        if used > DISK_SHARE and free[place] < DISK_FREE_ENOUGH:
            yield f"The disk of “{place}” is {written(used, 'share')} full: {written(free[place], 'bytes')} are left."
        elif days is not None and days < DISK_FULL_DAYS:
            yield f"The disk of “{place}” will be full in {duration(days * 86400)} if it goes on like this."


def database_down(facts: Facts) -> Iterator[str]:
    if facts.now.total("deltacrown_dependency_up", dependency="database") == 0:
        yield "PostgreSQL does not answer."


def redis_down(facts: Facts) -> Iterator[str]:
    for name in ("cache", "broker", "channel layer"):
        if facts.now.total("deltacrown_dependency_up", dependency=name) == 0:
            yield f"The Redis of the {name} does not answer."


def not_ready(facts: Facts) -> Iterator[str]:
    """Speak of what makes /readyz answer 503 and has no fault of its own; without a database migrations say nothing."""
    away = facts.now.total("deltacrown_dependency_up", dependency="database") == 0
    for name, sentence in NOT_READY.items():
        if facts.now.total("deltacrown_dependency_up", dependency=name) == 0 and not (away and name == "migrations"):
            yield f"{sentence}: /readyz answers 503."


def database_connections_high(facts: Facts) -> Iterator[str]:
    used = facts.now.total("deltacrown_database_connections")
    most = facts.now.total("deltacrown_database_connections_max")
    if used and most and used / most > CONNECTION_SHARE:
        yield f"{used:.0f} of {most:.0f} connections of PostgreSQL are in use."


def slow_queries(facts: Facts) -> Iterator[str]:
    rate = facts.recent.get("slow_queries", {}).get("", 0.0)
    if rate > SLOW_QUERIES_PER_SECOND:
        yield f"{written(rate, 'per second')} statements take longer than half a second."


def worker_stuck(facts: Facts) -> Iterator[str]:
    silence = facts.now.total("deltacrown_heartbeat_age_seconds", kind="worker")
    if silence is not None and silence > WORKER_SILENCE:
        yield f"No worker has reported for {duration(silence)}: no job runs."


def queue_old(facts: Facts) -> Iterator[str]:
    for queue, age in facts.now.by("deltacrown_jobs_oldest_waiting_seconds", "queue").items():
        if age > QUEUE_AGE.get(queue, QUEUE_AGE["default"]):
            yield f"The oldest job of the queue “{queue}” has waited for {duration(age)}."


def jobs_failed(facts: Facts) -> Iterator[str]:
    failed = facts.now.total("deltacrown_jobs_failed")
    if failed:
        yield f"{failed:.0f} job{'s' if failed > 1 else ''} failed for good."


def beat_late(facts: Facts) -> Iterator[str]:
    silence = facts.now.total("deltacrown_heartbeat_age_seconds", kind="beat")
    if silence is not None and silence > BEAT_SILENCE:
        yield f"No beat has reported for {duration(silence)}: nothing of the schedule starts."
        return
    late = facts.now.by("deltacrown_schedule_late_seconds", "schedule")
    if overdue := [name for name, seconds in late.items() if seconds > SCHEDULE_LATE]:
        yield f"{', '.join(sorted(overdue))} should have been started long ago."


def schedule_failing(facts: Facts) -> Iterator[str]:
    missed = facts.now.by("deltacrown_schedule_missed", "schedule")
    if names := [name for name, missing in missed.items() if missing]:
        yield f"{', '.join(sorted(names))} missed two of its times."


def static_files_missing(facts: Facts) -> Iterator[str]:
    missing = facts.now.total("deltacrown_static_files_missing")
    if missing:
        yield f"{missing:.0f} static file{'s are' if missing > 1 else ' is'} missing: pages lose their styles."


def certificate_expiring(facts: Facts) -> Iterator[str]:
    for host, expiry in facts.now.by("deltacrown_certificate_expiry_timestamp_seconds", "host").items():
        days = (expiry - facts.time) / 86400
        if days < CERTIFICATE_DAYS:
            yield f"The certificate of {host} " + (f"runs out in {days:.0f} days." if days > 0 else "has run out.")


def backup_old(facts: Facts) -> Iterator[str]:
    for kind in ("database", "media"):
        age = facts.age("deltacrown_backup_last_success_timestamp_seconds", kind=kind)
        if age == facts.time:  # 0 stands for never
            yield f"There is no backup of “{kind}” yet."
        elif age is not None and age > BACKUP_HOURS * 3600:
            yield f"The newest good backup of “{kind}” is {duration(age)} old."


def backup_copy_missing(facts: Facts) -> Iterator[str]:
    for place in ("s3", "s3-third"):
        age = facts.age("deltacrown_backup_last_success_timestamp_seconds", kind=place)
        if age == facts.time:
            yield f"No backup ever reached the place “{place}”."
        elif age is not None and age > COPY_HOURS * 3600:
            yield f"The newest backup that reached the place “{place}” is {duration(age)} old."


def backup_drill_failed(facts: Facts) -> Iterator[str]:
    age = facts.age("deltacrown_backup_last_success_timestamp_seconds", kind="drill")
    if facts.now.total("deltacrown_backup_last_run_failed", kind="drill"):
        yield "The last restore of a backup for proof failed."
    elif age is not None and age > DRILL_DAYS * 86400:
        yield f"No backup was proved by restoring it for {duration(age)}."


CONDITIONS = (
    Condition("BadRelease", CRITICAL, "bad-release", bad_release),
    Condition("BackupOld", CRITICAL, "backup-old", backup_old),
    Condition("BackupCopyMissing", WARNING, "backup-old", backup_copy_missing),
    Condition("BackupDrillFailed", WARNING, "backup-drill", backup_drill_failed),
    Condition("HighErrorRate", CRITICAL, "errors", high_error_rate),
    Condition("SlowRequests", WARNING, "slow-requests", slow_requests),
    Condition("HighCpu", WARNING, "high-cpu", high_cpu),
    Condition("HighMemory", WARNING, "high-memory", high_memory),
    Condition("DiskFillingUp", CRITICAL, "disk-full", disk_filling_up),
    Condition("DatabaseDown", CRITICAL, "database-down", database_down),
    Condition("DatabaseConnectionsHigh", WARNING, "database-connections", database_connections_high),
    Condition("SlowQueries", WARNING, "slow-queries", slow_queries),
    Condition("RedisDown", CRITICAL, "redis-down", redis_down),
    Condition("WorkerStuck", CRITICAL, "worker-stuck", worker_stuck),
    Condition("NotReady", CRITICAL, "site-down", not_ready),
    Condition("QueueOld", WARNING, "worker-stuck", queue_old),
    Condition("JobsFailed", WARNING, "failed-jobs", jobs_failed),
    Condition("BeatLate", CRITICAL, "beat-late", beat_late),
    Condition("ScheduleFailing", WARNING, "schedule-failing", schedule_failing),
    Condition("StaticFilesMissing", CRITICAL, "static-files", static_files_missing),
    Condition("CertificateExpiring", WARNING, "certificate", certificate_expiring),
)


def register_all() -> None:
    for condition in CONDITIONS:
        register(condition)

"""What counts as wrong, told from figures alone: each condition speaks when its figure is bad, and only then."""

from typing import Any

import pytest

from apps.core.metrics.snapshot import Snapshot
from apps.core.operations import conditions
from apps.core.operations.conditions import Facts

NOW = 1_800_000_000.0
DAY = 86400.0

# The alert, what is wrong, what is still well. Figures by name and labels; the means of five minutes under "recent".
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "HighErrorRate": ({"recent": {"errors": {"": 0.06}}}, {"recent": {"errors": {"": 0.05}}}),
    "SlowRequests": ({"recent": {"latency": {"p95": 1.2}}}, {"recent": {"latency": {"p95": 0.9, "p99": 5.0}}}),
    "HighCpu": ({"recent": {"cpu": {"": 0.95}}}, {"recent": {"cpu": {"": 0.8}}}),
    "HighMemory": ({"recent": {"memory": {"": 0.95}}}, {"recent": {"memory": {"": 0.8}}}),
    "DiskFillingUp": (
        {"deltacrown_system_disk_bytes": {"place=site": 100}, "deltacrown_system_disk_free_bytes": {"place=site": 9}},
        {"deltacrown_system_disk_bytes": {"place=site": 100}, "deltacrown_system_disk_free_bytes": {"place=site": 11}},
    ),
    "DatabaseDown": (
        {"deltacrown_dependency_up": {"dependency=database": 0}},
        {"deltacrown_dependency_up": {"dependency=database": 1, "dependency=cache": 0}},
    ),
    "RedisDown": (
        {"deltacrown_dependency_up": {"dependency=channel layer": 0}},
        {"deltacrown_dependency_up": {"dependency=channel layer": 1, "dependency=database": 0}},
    ),
    "NotReady": (
        {"deltacrown_dependency_up": {"dependency=database": 1, "dependency=migrations": 0}},
        {"deltacrown_dependency_up": {"dependency=database": 0, "dependency=migrations": 0, "dependency=storage": 1}},
    ),
    "DatabaseConnectionsHigh": (
        {
            "deltacrown_database_connections": {"state=idle": 50, "state=active": 31},
            "deltacrown_database_connections_max": 100,
        },
        {
            "deltacrown_database_connections": {"state=idle": 50, "state=active": 30},
            "deltacrown_database_connections_max": 100,
        },
    ),
    "SlowQueries": ({"recent": {"slow_queries": {"": 0.3}}}, {"recent": {"slow_queries": {"": 0.1}}}),
    "WorkerStuck": (
        {"deltacrown_heartbeat_age_seconds": {"kind=worker": 91}},
        {"deltacrown_heartbeat_age_seconds": {"kind=worker": 89, "kind=beat": 999}},
    ),
    "QueueOld": (
        {"deltacrown_jobs_oldest_waiting_seconds": {"queue=critical": 61}},
        {"deltacrown_jobs_oldest_waiting_seconds": {"queue=critical": 59, "queue=default": 599, "queue=bulk": 3599}},
    ),
    "JobsFailed": ({"deltacrown_jobs_failed": 1}, {"deltacrown_jobs_failed": 0}),
    "BeatLate": (
        {"deltacrown_schedule_late_seconds": {"schedule=a": 301}},
        {
            "deltacrown_heartbeat_age_seconds": {"kind=beat": 179},
            "deltacrown_schedule_late_seconds": {"schedule=a": 299},
        },
    ),
    "ScheduleFailing": (
        {"deltacrown_schedule_missed": {"schedule=a": 1}},
        {"deltacrown_schedule_missed": {"schedule=a": 0}},
    ),
    "StaticFilesMissing": ({"deltacrown_static_files_missing": 2}, {"deltacrown_static_files_missing": 0}),
    "CertificateExpiring": (
        {"deltacrown_certificate_expiry_timestamp_seconds": {"host=x": NOW + 13 * DAY}},
        {"deltacrown_certificate_expiry_timestamp_seconds": {"host=x": NOW + 15 * DAY}},
    ),
    "BackupOld": (
        {"deltacrown_backup_last_success_timestamp_seconds": {"kind=database": NOW - 1.2 * DAY, "kind=media": NOW}},
        {"deltacrown_backup_last_success_timestamp_seconds": {"kind=database": NOW - DAY, "kind=drill": NOW - 9 * DAY}},
    ),
    "BackupCopyMissing": (
        {"deltacrown_backup_last_success_timestamp_seconds": {"kind=s3": NOW, "kind=s3-third": NOW - 2.2 * DAY}},
        {"deltacrown_backup_last_success_timestamp_seconds": {"kind=s3": NOW - 2 * DAY, "kind=drill": NOW - 3 * DAY}},
    ),
    "BackupDrillFailed": (
        {"deltacrown_backup_last_run_failed": {"kind=drill": 1}},
        {"deltacrown_backup_last_run_failed": {"kind=drill": 0, "kind=database": 1}},
    ),
    "BadRelease": (
        {"deltacrown_release_timestamp_seconds": NOW - 600, "recent": {"errors": {"": 0.5}}},
        {"deltacrown_release_timestamp_seconds": NOW - 7200, "recent": {"errors": {"": 0.5}}},
    ),
    "LedgerMismatch": ({"deltacrown_ledger_audit_faults": 1}, {"deltacrown_ledger_audit_faults": 0}),
    "MailBlocked": (
        {"deltacrown_deliveries_oldest_waiting_seconds": {"channel=email": 1801}},
        {"deltacrown_deliveries_oldest_waiting_seconds": {"channel=email": 1799, "channel=discord": 9999}},
    ),
}


def facts(told: dict[str, Any], **more: Any) -> Facts:
    figures = {name: value for name, value in told.items() if name != "recent"}
    samples = {
        name: [
            (dict([labels.split("=")]) if labels else {}, float(number))
            for labels, number in (value.items() if isinstance(value, dict) else [("", value)])
        ]
        for name, value in figures.items()
    }
    return Facts(Snapshot(samples, 0.0), told.get("recent", {}), NOW, more.get("full_in_days", {}))


def test_every_condition_is_tried() -> None:
    assert set(CASES) == {one.alert for one in conditions.registered()}


@pytest.mark.parametrize("alert", CASES)
def test_it_speaks_when_something_is_wrong_and_only_then(alert: str) -> None:
    bad, well = CASES[alert]
    assert alert in {finding.condition.alert for finding in conditions.find(facts(bad))}
    assert alert not in {finding.condition.alert for finding in conditions.find(facts(well))}


def test_of_what_is_not_known_nothing_is_claimed() -> None:
    assert conditions.find(facts({})) == []


def test_a_large_disk_with_a_twentieth_free_is_well() -> None:
    terabyte = 10**12
    figures = {
        "deltacrown_system_disk_bytes": {"place=site": terabyte},
        "deltacrown_system_disk_free_bytes": {"place=site": terabyte / 20},
    }
    assert conditions.find(facts(figures)) == []


def test_a_disk_that_will_be_full_soon_is_named_in_time() -> None:
    told = {
        "deltacrown_system_disk_bytes": {"place=site": 100},
        "deltacrown_system_disk_free_bytes": {"place=site": 50},
    }
    (finding,) = conditions.find(facts(told, full_in_days={"site": 1.5}))
    assert finding.sentence == "The disk of “site” will be full in 1 d 12 h if it goes on like this."
    assert conditions.find(facts(told, full_in_days={"site": 12.0})) == []


def test_the_critical_comes_first() -> None:
    told = {"deltacrown_jobs_failed": 2, "deltacrown_ledger_audit_faults": 1}
    assert [finding.condition.alert for finding in conditions.find(facts(told))] == ["LedgerMismatch", "JobsFailed"]


def test_a_fault_says_what_it_is_in_figures() -> None:
    (finding,) = conditions.find(facts({"deltacrown_jobs_failed": 2}))
    assert finding.sentence == "2 jobs failed for good."
    assert (finding.condition.runbook, finding.condition.severity) == ("failed-jobs", "warning")


def test_a_site_that_never_made_a_backup_is_told_so() -> None:
    (finding,) = conditions.find(facts({"deltacrown_backup_last_success_timestamp_seconds": {"kind=media": 0}}))
    assert finding.sentence == "There is no backup of “media” yet."

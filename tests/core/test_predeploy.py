"""The checklist names what is wrong, says when it did not look, and never stops at the first fault."""

import json
import subprocess
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import checks
from django.core.management import call_command
from django.utils import timezone

from apps.core import health
from apps.core.health.probes import Result
from apps.core.health.readiness import Report
from apps.core.models import BackupRecord
from apps.core.releases import checklist, migration_rules
from apps.core.releases.checklist import Surroundings

pytestmark = pytest.mark.django_db

HERE = Surroundings()


def test_every_point_of_the_manuals_checklist_is_looked_at() -> None:
    wanted = {
        "settings",
        "migrations written",
        "migrations safe",
        "services",
        "worker and beat",
        "disk",
        "static files",
        "dependencies",
    }
    assert wanted <= set(checklist._looks)


def test_a_point_that_can_not_be_looked_at_fails_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Surroundings) -> checklist.Point:
        raise ZeroDivisionError

    good = checklist.Point("good", "ok", "fine")
    monkeypatch.setattr(checklist, "_looks", {"broken": broken, "good": lambda _: good})
    assert checklist.run(HERE) == [
        checklist.Point("broken", "failed", "could not be looked at: ZeroDivisionError"),
        good,
    ]


def test_a_warning_of_check_deploy_fails_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "run_checks", lambda **_: [checks.Warning("HSTS is off", id="security.W004")])
    point = checklist.settings_are_safe(HERE)
    assert (point.state, point.told) == ("failed", "security.W004: HSTS is off")


def test_every_model_has_its_migrations() -> None:
    assert checklist.migrations_are_written(HERE).state == "ok"


def test_a_fault_of_a_migration_is_told_and_a_contraction_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def planned(*faults: str, contracts: bool = False) -> Any:
        return lambda: [migration_rules.Planned("teams.0042_x", "apps/teams/migrations/0042_x.py", contracts, faults)]

    monkeypatch.setattr(migration_rules, "plan", planned("removes teams.team.tag"))
    assert checklist.migrations_are_safe(HERE).told == "teams.0042_x removes teams.team.tag"
    monkeypatch.setattr(migration_rules, "plan", planned(contracts=True))
    point = checklist.migrations_are_safe(HERE)
    assert (point.state, point.told) == ("warning", "no rollback after this release: teams.0042_x")


def test_a_service_that_is_away_fails_but_missing_migrations_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    down = (Result("migrations", False, 1.0, "3 not applied"), Result("broker", False, 1.0, "no answer in time"))
    monkeypatch.setattr(health, "report", lambda: Report(down))
    assert checklist.services_answer(HERE).told == "not ready: broker"
    monkeypatch.setattr(health, "report", lambda: Report(down[:1]))
    assert checklist.services_answer(HERE).state == "ok"


def test_a_missing_worker_warns_since_a_release_may_mend_it() -> None:
    assert checklist.worker_and_beat_live(HERE).state == "warning"
    assert checklist.worker_and_beat_live(Surroundings(first=True)).state == "not checked"


@pytest.mark.parametrize(
    ("hours", "proved_days_ago", "state"),
    [(3, 6, "ok"), (3, None, "failed"), (3, 9, "failed"), (40, 1, "failed")],
    ids=str,
)
def test_a_release_asks_for_a_young_backup_and_a_proof_of_late(
    hours: int, proved_days_ago: int | None, state: str
) -> None:
    now = timezone.now()
    BackupRecord.objects.create(kind="database", state="succeeded", finished_at=now - timedelta(hours=hours))
    if proved_days_ago is not None:
        at = now - timedelta(days=proved_days_ago)
        BackupRecord.objects.create(kind="verify", state="succeeded", finished_at=at, verified_at=at)
    assert checklist.backup_is_fresh(Surroundings(backup_hours=26)).state == state


def test_a_backup_is_not_asked_for_before_there_is_anything_to_lose() -> None:
    assert checklist.backup_is_fresh(Surroundings(backup_hours=26)).state == "failed"
    assert checklist.backup_is_fresh(Surroundings(backup_hours=0)).state == "not checked"
    assert checklist.backup_is_fresh(Surroundings(first=True, backup_hours=26)).state == "not checked"


def test_too_little_room_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checklist, "FREE_BYTES", 2**60)
    assert "2 are needed" in checklist.disk_has_room(HERE).told


def test_an_audit_that_could_not_be_made_is_never_called_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(code: int, output: str) -> Any:
        return lambda *_, **__: subprocess.CompletedProcess([], code, output, "")

    monkeypatch.setattr(checklist.subprocess, "run", answer(1, ""))
    assert checklist.dependencies_are_audited(HERE).state == "not checked"
    found = "Name Version ID Fix\n---- ---- ---- ----\ndjango 5.2.1 PYSEC-1 5.2.2\n"
    monkeypatch.setattr(checklist.subprocess, "run", answer(1, found))
    point = checklist.dependencies_are_audited(HERE)
    assert (point.state, point.told) == ("failed", "pip-audit names 1: django 5.2.1 PYSEC-1 5.2.2")


def test_the_command_fails_for_people_and_tells_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = checklist.Point("disk", "failed", "0.1 GB free")
    monkeypatch.setattr(checklist, "_looks", {"disk": lambda _: bad})
    output, complaint = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("predeploy", stdout=output, stderr=complaint)
    assert ended.value.code == 1
    assert "✗ disk: 0.1 GB free" in output.getvalue()
    assert "Not ready for a release: disk." in complaint.getvalue()
    output = StringIO()
    call_command("predeploy", "--json", stdout=output)
    assert json.loads(output.getvalue()) == {"checks": [{"name": "disk", "state": "failed", "told": "0.1 GB free"}]}

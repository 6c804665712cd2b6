"""What a run of a runbook does: look, keep the evidence, change nothing unless told to, prove what was done."""

import io
import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.core.runbooks import CannotLook, Diagnosis, Look, Remedy, Runbook, UnknownRunbook, registry, running
from apps.core.runbooks.running import HEALTHY, NOT_SEEN, WRONG

CANARY = "postgres://deltacrown:canary-of-a-password@db/site"


class Fire:
    """Something that burns until it is put out."""

    def __init__(self, *, wet: bool = True) -> None:
        self.burns = True
        self.wet = wet
        self.looks = 0

    def look(self, diagnosis: Diagnosis, look: Look) -> None:
        self.looks += 1
        diagnosis.evidence["smoke"] = {"seen": True, "url": CANARY}
        if diagnosis.judge(not self.burns, "It burns." if self.burns else "Nothing burns."):
            return
        diagnosis.remedies.append(Remedy("Pour water.", "Water is wet.", "Wait for the sun.", self.pour))

    def pour(self) -> str:
        if not self.wet:
            raise OSError("the bucket is empty")
        self.burns = False
        return "Poured water."


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path / "evidence"


@pytest.fixture
def fire() -> Iterator[Fire]:
    fire = Fire()
    registry.register(Runbook("fire", "It burns", fire.look, alerts=("Smoke",), settle=0))
    yield fire
    del registry._known["fire"]


def command(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command(*words, stdout=out, stderr=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_without_fix_nothing_is_changed_and_the_remedy_is_shown(fire: Fire) -> None:
    status, told = command("runbook", "fire")
    assert (status, fire.burns, fire.looks) == (WRONG, True, 1)
    assert "WRONG   It burns." in told
    assert "Pour water." in told
    assert "Safe: Water is wet." in told
    assert "Undo: Wait for the sun." in told


def test_fix_mends_looks_again_and_says_how_to_undo(fire: Fire) -> None:
    status, told = command("runbook", "fire", "--fix")
    assert (status, fire.burns) == (HEALTHY, False)
    assert "Done:\n  Poured water." in told
    assert "To undo:\n  Wait for the sun." in told
    assert told.index("Done:") < told.index("ok      Nothing burns.")


def test_a_remedy_that_fails_says_why_and_is_no_success(fire: Fire) -> None:
    fire.wet = False
    status, told = command("runbook", "fire", "--fix")
    assert (status, fire.burns) == (WRONG, True)
    assert "FAILED:\n  Pour water.: the bucket is empty" in told


def test_what_is_well_is_left_alone(fire: Fire) -> None:
    fire.burns = False
    status, told = command("runbook", "fire", "--fix")
    assert (status, fire.looks) == (HEALTHY, 1)
    assert "Done:" not in told


def test_evidence_is_kept_before_anything_changes_without_secrets_for_its_owner_only(
    fire: Fire, evidence: Path
) -> None:
    command("runbook", "fire", "--fix")
    [file] = evidence.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = json.loads(file.read_text())
    assert kept["evidence"]["smoke"]["seen"] is True
    assert kept["findings"] == [{"level": "wrong", "text": "It burns."}]
    assert "canary" not in file.read_text()


def test_evidence_finds_another_place_when_its_own_is_full(
    fire: Fire, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    settings.EVIDENCE_DIR = tmp_path / "file" / "below"
    outcome = running.run(registry.named("fire"), Look(), fix=False)
    assert outcome.kept is not None
    assert outcome.kept.exists()
    outcome.kept.unlink()


def test_machines_read_the_same(fire: Fire) -> None:
    status, told = command("runbook", "Smoke", "--fix", "--json")
    read = json.loads(told)
    assert status == HEALTHY
    assert (read["runbook"], read["status"], read["cause"]) == ("fire", HEALTHY, "It burns.")
    assert (read["done"], read["undo"], read["failed"]) == (["Poured water."], ["Wait for the sun."], [])
    assert read["after"] == [{"level": "ok", "text": "Nothing burns."}]
    assert read["page"] == "docs/runbooks/fire.md"


@pytest.mark.parametrize("error", [CannotLook("The window is dirty."), ZeroDivisionError("canary")])
def test_what_cannot_be_seen_is_neither_well_nor_wrong(error: Exception) -> None:
    def look(diagnosis: Diagnosis, look: Look) -> None:
        raise error

    outcome = running.run(Runbook("fog", "Fog", look), Look(), fix=True)
    assert outcome.status == NOT_SEEN
    assert "canary" not in outcome.before.cause


def test_a_name_that_nobody_knows_names_those_that_there_are(fire: Fire) -> None:
    with pytest.raises(UnknownRunbook, match=r"There is no runbook 'flood'.*fire"):
        registry.named("flood")
    with pytest.raises(CommandError, match="There is no runbook 'flood'"):
        call_command("runbook", "flood")


def test_the_list_names_every_runbook_with_its_alerts(fire: Fire) -> None:
    _, told = command("runbook", "--list")
    assert "fire                  It burns                           Smoke" in told
    for slug in ("high-cpu", "database-connections", "worker-stuck", "disk-full", "static-files"):
        assert f"{slug} " in told


def test_a_run_that_hangs_is_not_waited_for() -> None:
    never = threading.Event()
    assert running.within(0.1, lambda: never.wait(30)) is None
    never.set()
    assert running.within(5, lambda: "done") == "done"

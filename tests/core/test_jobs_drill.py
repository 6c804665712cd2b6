"""The short form of the drill: a real worker is killed in mid-task. test_jobs_broker has the flushed Redis."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_jobs_of_a_killed_worker_run_again_within_thirty_seconds_with_one_effect(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "drills.jobs", "--only", "kill-once", "--json", str(figures)]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(figures.read_text())
    assert (found["kill-once"]["effects"], found["kill-once"]["lost"], found["kill-once"]["doubled"]) == (2, 0, 0)
    assert found["kill-once"]["seconds_until_restart_worst"] < 30

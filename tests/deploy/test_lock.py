"""One deployment at a time, and none that a dead one leaves locked."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.deployer import lock
from deploy.deployer.errors import DeployError

ROOT = Path(__file__).resolve().parents[2]
HOLD = (
    "import sys; from pathlib import Path; from deploy.deployer import lock\n"
    "with lock.held(Path(sys.argv[1]), 'release v2'):\n"
    "    print('held', flush=True); sys.stdin.read()"
)


def holder_of(path: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_deployer_is_told_who_deploys_and_what(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    other = holder_of(path)
    try:
        with (
            pytest.raises(DeployError, match=rf"Somebody deploys already: .* release v2, process {other.pid}"),
            lock.held(path, "x"),
        ):
            pytest.fail("both hold it")
        assert (lock.holder(path) or {})["what"] == "release v2"
    finally:
        other.kill()
        other.wait()


def test_a_killed_deployer_leaves_no_lock_but_what_it_did(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    other = holder_of(path)
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert lock.holder(path) is None
    with lock.held(path, "release v2") as left:
        assert left is not None
        assert left["what"] == "release v2"
    with lock.held(path, "release v3") as left:
        assert left is None


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(ZeroDivisionError), lock.held(path, "x"):
        raise ZeroDivisionError
    assert lock.holder(path) is None

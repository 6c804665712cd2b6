"""Many processes count in files of their own, and the sum holds whatever becomes of them."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from apps.core.metrics import book, instruments, shelf
from tests.core.figures import figures as samples
from tests.core.figures import metrics_folder  # noqa: F401 - a fixture

ROOT = Path(__file__).resolve().parents[2]
# A process that counts to what it is told, says so, and waits to be killed.
COUNTS = """
import sys, pathlib
from apps.core.metrics.book import Book
book = Book(pathlib.Path(sys.argv[1]), sys.argv[2])
place = book.place('["counter"]', 1)
book.add(book.place('["live"]', 1), [(0, 1)])
for _ in range(int(sys.argv[3])):
    book.add(place, [(0, 1)])
print("done", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instruments of this test alone."""
    monkeypatch.setattr(instruments, "_instruments", {})


def counts(folder: Path, name: str, number: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", COUNTS, str(folder), name, str(number)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "done\n"
    return process


def end(process: "subprocess.Popen[str]", how: int = signal.SIGKILL) -> None:
    process.send_signal(how)
    process.communicate(timeout=30)


def test_killed_processes_stay_counted_and_leave_no_files(tmp_path: Path) -> None:
    killed, living = counts(tmp_path, "killed", 3), counts(tmp_path, "living", 4)
    try:
        assert shelf.read(tmp_path) == {'["counter"]': [7.0], '["live"]': [2.0]}
        end(killed)
        assert shelf.read(tmp_path) == {'["counter"]': [7.0], '["live"]': [1.0]}
        assert sorted(path.name for path in tmp_path.glob("*.counts")) == ["living.counts"]
        assert shelf.read(tmp_path) == {'["counter"]': [7.0], '["live"]': [1.0]}
    finally:
        end(living)
    assert shelf.read(tmp_path) == {'["counter"]': [7.0]}


def test_a_merge_that_was_killed_before_it_removed_the_files_counts_nothing_twice(tmp_path: Path) -> None:
    end(counts(tmp_path, "killed", 3))
    kept = (tmp_path / "killed.counts").read_bytes()
    shelf.read(tmp_path)
    (tmp_path / "killed.counts").write_bytes(kept)
    assert shelf.read(tmp_path) == {'["counter"]': [3.0]}
    assert not (tmp_path / "killed.counts").exists()
    assert shelf.read(tmp_path) == {'["counter"]': [3.0]}


def test_a_process_killed_while_it_made_its_file_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "young.new").write_bytes(b"")
    (tmp_path / "empty.counts").write_bytes(b"")
    end(counts(tmp_path, "killed", 3))
    assert shelf.read(tmp_path) == {'["counter"]': [3.0]}


def test_a_damaged_file_costs_what_is_behind_the_damage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    end(counts(tmp_path, "killed", 3))
    whole = (tmp_path / "killed.counts").read_bytes()
    (tmp_path / "killed.counts").write_bytes(whole[:60])
    assert shelf.read(tmp_path) == {'["counter"]': [3.0]}
    assert "killed.counts are damaged from byte" in caplog.text


def test_damaged_sums_begin_anew(tmp_path: Path) -> None:
    (tmp_path / shelf.MERGED).write_text('{"names": [')
    end(counts(tmp_path, "killed", 3))
    assert shelf.read(tmp_path) == {'["counter"]': [3.0]}


def test_a_merge_without_room_on_the_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end(counts(tmp_path, "killed", 3))

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_text", full)
        assert shelf.read(tmp_path) == {'["counter"]': [3.0]}
    assert (tmp_path / "killed.counts").exists()
    assert shelf.read(tmp_path) == {'["counter"]': [3.0]}


def test_two_readers_at_once_merge_once(tmp_path: Path) -> None:
    for number in range(4):
        end(counts(tmp_path, f"killed{number}", 10))
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(shelf.read(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{'["counter"]': [40.0]}] * 8
    assert json.loads((tmp_path / shelf.MERGED).read_text())["rows"] == {'["counter"]': [40.0]}


def test_threads_lose_nothing(folder: Path, own: None) -> None:
    counter = instruments.Counter("threads_total", "Counted by threads.", ("which",))

    def work() -> None:
        for _ in range(1000):
            counter.add("all")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert samples(folder) == {("threads_total", "all"): 8000.0}


def _count_in_child(counter: instruments.Counter) -> None:
    counter.add("child")


def test_a_forked_process_counts_in_a_file_of_its_own(folder: Path, own: None) -> None:
    counter = instruments.Counter("forks_total", "Counted by forks.", ("which",))
    counter.add("parent")
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=_count_in_child, args=(counter,)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    counter.add("parent")
    assert samples(folder) == {("forks_total", "child"): 3.0, ("forks_total", "parent"): 2.0}
    assert len(list(folder.glob("*.counts"))) == 1, "the parent's lock holds, the children's files are merged"


def test_a_process_that_does_not_count_makes_no_file(tmp_path: Path, settings: Any, own: None) -> None:
    settings.METRICS_DIR = tmp_path / "metrics"
    instruments.Counter("commands_total", "Of a command.").add()
    assert not (tmp_path / "metrics").exists()
    assert shelf.read(tmp_path / "metrics") == {}


def test_a_full_disk_costs_figures_and_no_request(
    folder: Path, own: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    counter = instruments.Counter("disk_total", "On a full disk.")

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "posix_fallocate", full)
        counter.add()
        counter.add()
    assert caplog.text.count("This process cannot count in") == 1
    assert samples(folder) == {}
    assert list(folder.glob("*.new")) == []


def test_a_file_grows_with_its_series_and_not_without_end(
    folder: Path, own: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = instruments.Counter("many_total", "Many series.", ("which",))
    monkeypatch.setattr(book, "MAX_SIZE", 256 * 1024)
    for number in range(4000):
        counter.add(f"{number:04}")
        counter.add(f"{number:04}")
    found = samples(folder)
    assert 1000 < len(found) < 4000
    assert set(found.values()) == {2.0}


def test_a_histogram_counts_up_to_each_bound(folder: Path, own: None) -> None:
    histogram = instruments.Histogram("spread_seconds", "Spread.", ("route",), (0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 1.0, 7.0):
        histogram.observe(value, "home")
    assert samples(folder) == {
        ("spread_seconds_bucket", "home", "0.1"): 2.0,
        ("spread_seconds_bucket", "home", "1.0"): 4.0,
        ("spread_seconds_bucket", "home", "+Inf"): 5.0,
        ("spread_seconds_count", "home"): 5.0,
        ("spread_seconds_sum", "home"): 8.65,
    }


def test_rows_of_another_release_are_kept_and_not_told(folder: Path, own: None) -> None:
    """A histogram whose bounds changed, an instrument that is new: the other release reads its own again."""
    old = instruments.Histogram("spread_seconds", "Spread.", ("route",), (0.1, 1.0))
    old.observe(0.05, "home")
    instruments._instruments.clear()
    new = instruments.Histogram("spread_seconds", "Spread.", ("route",), (0.2,))
    new.observe(0.05, "home")
    assert samples(folder)["spread_seconds_count", "home"] == 1.0
    assert len(shelf.read(folder)) == 2

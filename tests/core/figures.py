"""What tests read of the figures: a folder of their own, and what is in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core.metrics import counting, instruments, shelf

Figures = dict[tuple[str, ...], float]


@pytest.fixture(name="folder")
def metrics_folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A folder in which this process counts, until the test ends."""
    settings.METRICS_DIR = tmp_path / "metrics"
    counting.stop()  # a worker or a beat that an earlier test ran in this process may have opened a file elsewhere
    counting.start("web")
    yield tmp_path / "metrics"
    counting.stop()


def figures(folder: Path) -> Figures:
    """Return each number by its name and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in instruments.collect(shelf.read(folder))
        for sample in family.samples
    }

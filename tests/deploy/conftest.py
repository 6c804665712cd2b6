"""An installation in a temporary folder, with services that only remember what was asked of them."""

from pathlib import Path

import pytest

from deploy.deployer.installation import Installation
from deploy.deployer.journal import Journal


class Services:
    """Stands for systemd: knows which services run."""

    def __init__(self) -> None:
        self.running: set[str] = set()
        self.signals: list[tuple[str, str]] = []
        self.never_end: set[str] = set()

    def start(self, unit: str) -> None:
        self.running.add(unit)

    def stop(self, unit: str, *, wait: float) -> bool:
        if unit in self.never_end:
            return False
        self.running.discard(unit)
        return True

    def signal(self, unit: str, name: str) -> None:
        self.signals.append((unit, name))

    def main_pid(self, unit: str) -> int:
        return 1 if unit in self.running else 0

    def is_active(self, unit: str) -> bool:
        return unit in self.running

    def is_failing(self, unit: str) -> bool:
        return False

    def last_lines(self, unit: str) -> str:
        return ""

    def enable(self, unit: str, *, at_boot: bool) -> None:
        """Nothing boots."""

    def reload(self) -> None:
        """Nothing is read."""


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def site(tmp_path: Path) -> Installation:
    made = Installation(root=tmp_path, host="deltacrown.test", supervisor="own", drain_seconds=0)
    for folder in (made.releases, made.static, made.deployments, made.environments, made.etc, made.state):
        folder.mkdir(parents=True)
    return made


@pytest.fixture
def journal(site: Installation) -> Journal:
    return Journal(site.deployments, kind="release", ref="main", quiet=True)


def release_folder(site: Installation, commit: str) -> Path:
    """Return a release that is on disk and does nothing."""
    folder = site.releases / commit
    folder.mkdir()
    (folder / "release.env").write_text(f"RELEASE=1.0.0+{commit[:12]}\n")
    return folder

"""Starting and stopping services: by systemd, or where it is not process 1 by a supervisor of the same unit files."""

from typing import Protocol

from deploy.deployer.installation import Installation
from deploy.deployer.units.own import OwnUnits
from deploy.deployer.units.systemd import Systemd


class Units(Protocol):
    """What a deployment needs of them. Names are without ``.service``; starting what runs does nothing."""

    def start(self, unit: str) -> None: ...
    def stop(self, unit: str, *, wait: float) -> bool:
        """Ask it to end and return whether it did within ``wait`` seconds. It goes on ending after that."""

    def signal(self, unit: str, name: str) -> None:
        """Send a signal, as in ``USR1``, to its main process."""

    def main_pid(self, unit: str) -> int:
        """Return its main process, 0 when it has none."""

    def is_active(self, unit: str) -> bool: ...
    def is_failing(self, unit: str) -> bool:
        """Return whether it ended by itself, again and again or for good."""

    def last_lines(self, unit: str) -> str: ...
    def enable(self, unit: str, *, at_boot: bool) -> None: ...
    def reload(self) -> None:
        """Read the unit files again."""


def of(site: Installation) -> Units:
    """Return what runs the services of this installation."""
    return Systemd() if site.supervisor == "systemd" else OwnUnits(site.unit_files, site.run / "units", site.log)

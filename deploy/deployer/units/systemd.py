"""Services under systemd."""

import subprocess
import time

from deploy.deployer import commands
from deploy.deployer.errors import DeployError

RESTARTS_OF_A_BROKEN_ONE = 3


class Systemd:
    def start(self, unit: str) -> None:
        """Start it without waiting: one that is stopping is started after that."""
        if self._says(unit, "ActiveState") == "failed":
            commands.run(["systemctl", "reset-failed", f"{unit}.service"])
        commands.run(["systemctl", "start", "--no-block", f"{unit}.service"])

    def stop(self, unit: str, *, wait: float) -> bool:
        commands.run(["systemctl", "stop", "--no-block", f"{unit}.service"])
        until = time.monotonic() + wait
        while self._says(unit, "ActiveState") not in {"inactive", "failed"}:
            if time.monotonic() > until:
                return False
            time.sleep(0.2)
        return True

    def signal(self, unit: str, name: str) -> None:
        commands.run(["systemctl", "kill", "--kill-whom=main", f"--signal={name}", f"{unit}.service"])

    def main_pid(self, unit: str) -> int:
        return int(self._says(unit, "MainPID") or 0)

    def is_active(self, unit: str) -> bool:
        return self._says(unit, "ActiveState") in {"active", "reloading"}

    def is_failing(self, unit: str) -> bool:
        return (
            self._says(unit, "ActiveState") == "failed"
            or int(self._says(unit, "NRestarts") or 0) >= RESTARTS_OF_A_BROKEN_ONE
        )

    def last_lines(self, unit: str) -> str:
        try:
            return commands.last_lines(commands.run(["journalctl", "-u", unit, "-n", "30", "-o", "cat", "--no-pager"]))
        except DeployError:
            return ""

    def enable(self, unit: str, *, at_boot: bool) -> None:
        commands.run(["systemctl", "enable" if at_boot else "disable", "--quiet", f"{unit}.service"])

    def reload(self) -> None:
        commands.run(["systemctl", "daemon-reload"])

    def _says(self, unit: str, about: str) -> str:
        ask = ["systemctl", "show", "--value", f"--property={about}", f"{unit}.service"]
        return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - our own words

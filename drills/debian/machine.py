"""A Debian of its own in a folder, with systemd as process 1: made by debootstrap, run by systemd-nspawn."""

import shutil
import subprocess
import time
from pathlib import Path

from drills.jobs.platform import ROOT

PACKAGES = "systemd,systemd-sysv,dbus,python3,ca-certificates,git"
RELEASE = "bookworm"
# What a machine may need to reach its registries.
FROM_THIS_MACHINE = ("etc/pip.conf", "usr/local/share/ca-certificates")
SOURCE = "mnt/source"


class Machine:
    """It shares the network of this machine: ports 80, 443, 5432, 6380 and 6381 have to be free."""

    def __init__(self, folder: Path, *, bind: list[Path]) -> None:
        self.folder = folder
        self.bind = bind
        self.log = folder.with_name(f"{folder.name}.log")
        self.process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Install Debian into the folder, unless it is there."""
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)  # it is the machine's /, and D-Bus is not root there
        if not (self.folder / "usr/bin/python3").exists():
            words = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, str(self.folder)]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
        for name in FROM_THIS_MACHINE:
            there = Path("/", name)
            if there.is_dir():
                shutil.copytree(there, self.folder / name, dirs_exist_ok=True)
            elif there.exists():
                shutil.copyfile(there, self.folder / name)
        subprocess.run(["chroot", str(self.folder), "update-ca-certificates"], check=True, capture_output=True)  # noqa: S603, S607
        for place in [*self.bind, Path("/", SOURCE)]:
            (self.folder / str(place).lstrip("/")).mkdir(parents=True, exist_ok=True)

    def start(self, *, within: float = 90.0) -> float:
        """Start it. Returns the seconds until systemd has started everything."""
        words = ["systemd-nspawn", "--directory", str(self.folder), "--boot", "--register=no", "--keep-unit"]
        words += ["--console=pipe", "--resolv-conf=copy-host", "--hostname=deltacrown", "--quiet"]
        words += [f"--bind-ro={ROOT}:/{SOURCE}", *(f"--bind-ro={place}" for place in self.bind)]
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603
        while time.monotonic() - began < within:
            if self._first_process() and self.run("systemctl is-system-running", may_fail=True).strip() in {
                "running",
                "degraded",
            }:
                return round(time.monotonic() - began, 1)
            time.sleep(0.5)
        raise SystemExit(f"The machine in {self.folder} did not start within {within:.0f} s.")

    def run(self, words: str, *, may_fail: bool = False) -> str:
        """Run a shell's words in it. Returns what they said."""
        command = ["nsenter", "--target", self._first_process(), "--all", "env", "-i", "HOME=/root", "LANG=C.UTF-8"]
        command += ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "bash", "-c", words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if done.returncode and not may_fail:
            raise SystemExit(f"{words} failed:\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
        return done.stdout + done.stderr

    def stop(self) -> None:
        """Shut it down as by its button."""
        if self.process is None or self.process.poll() is not None:
            return
        self.run("systemctl poweroff", may_fail=True)
        try:
            self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _first_process(self) -> str:
        """Return the number of its systemd, or nothing."""
        if self.process is None:
            return ""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return child
        return ""

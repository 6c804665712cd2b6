"""The machine's own programs that a runbook may ask or start. Each is only used where it is there."""

import os
import shutil
import subprocess
from pathlib import Path

TIMEOUT = 20

# The seed's names. Each may be an instance: deltacrown-gunicorn@blue, deltacrown-redis@broker.
UNITS = {
    "web": "deltacrown-gunicorn",
    "sockets": "deltacrown-daphne",
    "worker": "deltacrown-celery-worker",
    "beat": "deltacrown-celery-beat",
    "database": "postgresql",
    "redis": "deltacrown-redis",
    "nginx": "nginx",
}


class ProgramFailed(Exception):
    """A program of the machine ended with an error. The message holds the end of what it said."""


def run(*command: str, timeout: float = TIMEOUT) -> str:
    """Run a program of the machine and return what it wrote. Raises ``ProgramFailed``."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)  # noqa: S603 - our own words
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProgramFailed(f"{command[0]}: {type(error).__name__}") from error
    if done.returncode:
        raise ProgramFailed(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()[-300:]}")
    return done.stdout + done.stderr


def has_systemd() -> bool:
    """Whether systemd runs this machine."""
    return Path("/run/systemd/system").is_dir() and shutil.which("systemctl") is not None


def failed_units(what: str) -> list[str]:
    """Return the units of ``what`` that are enabled and do not run. Without systemd nobody knows, and none is named."""
    if not has_systemd():
        return []
    try:
        listed = run("systemctl", "list-units", "--all", "--plain", "--no-legend", f"{UNITS[what]}*")
    except ProgramFailed:
        return []
    rows = [line.split() for line in listed.splitlines() if line.strip()]
    return [row[0] for row in rows if len(row) > 2 and row[0].endswith(".service") and row[2] in {"failed", "inactive"}]


def start_unit(unit: str) -> str:
    """Start what does not run: nothing is stopped by that, and nothing that shows the cause is lost."""
    if "failed" in run("systemctl", "show", "--property=ActiveState", unit):
        run("systemctl", "reset-failed", unit)
    run("systemctl", "start", unit)
    return f"Started {unit}; it had stopped. `journalctl -u {unit}` says why."


def nginx_runs() -> bool:
    """Whether nginx is there and its main process lives."""
    if shutil.which("nginx") is None:
        return False
    for file in (Path("/run/nginx.pid"), Path("/var/run/nginx.pid")):
        try:
            pid = int(file.read_text())
        except (OSError, ValueError):
            continue
        return _lives(pid)
    return False


def nginx_serves(folder: str) -> bool:
    """Whether the nginx that runs here has ``folder`` in its configuration: another site's is left alone."""
    try:
        return nginx_runs() and folder in run("nginx", "-T")
    except ProgramFailed:
        return False


def reload_nginx() -> str:
    """Test nginx's configuration and only then have it read again. Raises ``ProgramFailed`` and reloads nothing."""
    run("nginx", "-t")
    run("nginx", "-s", "reload")
    return "nginx tested its configuration and reloaded it; no connection was dropped."


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

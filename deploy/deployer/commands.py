"""Running other programs."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.deployer.errors import DeployError

SHOWN_LINES = 12
MINUTES_10 = 600.0


def run(
    words: Sequence[str | Path],
    *,
    folder: Path | None = None,
    user: str = "",
    environment: Mapping[str, str] | None = None,
    timeout: float = MINUTES_10,
    outlives: bool = False,
) -> str:
    """Run a program to its end and return what it wrote to standard output.

    Args:
        user: Whom it runs as, when we are root.
        environment: What it gets besides PATH and the language; nothing of ours, which may hold anything.
        timeout: Seconds.
        outlives: Whether it goes on when we are killed. Else it would still write to what the next try writes anew.

    Raises:
        DeployError: It failed; with the end of what it wrote.
    """
    command = [*as_user(user), *([] if outlives else dies_with_us()), *(str(word) for word in words)]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command,
            cwd=folder,
            env=clean_environment(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise DeployError(f"{command[0]} is not on this machine, or {folder} is not: {error}.") from None
    except subprocess.TimeoutExpired:
        raise DeployError(f"{_told(words)} did not end within {timeout:.0f} s and was stopped.") from None
    if done.returncode:
        raise DeployError(f"{_told(words)} failed ({done.returncode}):\n{last_lines(done.stdout + done.stderr)}")
    return done.stdout


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    path = os.environ.get("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    kept = {name: os.environ[name] for name in ("HOME", "PIP_INDEX_URL", "SSL_CERT_FILE") if name in os.environ}
    return {"PATH": path, "LANG": "C.UTF-8", **kept, **(more or {})}


def as_user(user: str) -> list[str]:
    """Return what stands before a command that shall run as ``user``: nothing when we are that user or not root."""
    if not user or os.geteuid() != 0 or pwd.getpwuid(0).pw_name == user:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise DeployError("setpriv (package util-linux) is missing: it leaves root for the site's user.")
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise DeployError(f"This machine has no user {user}. Run deploy/install again.") from None
    return [setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--init-groups", "--"]


def dies_with_us() -> list[str]:
    """Return what has the kernel kill a command with its parent. After a change of user: that would forget it."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig=KILL", "--"] if setpriv else []


def last_lines(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-SHOWN_LINES:])


def _told(words: Sequence[str | Path]) -> str:
    shown = " ".join(str(word) for word in words)
    return shown if len(shown) < 120 else shown[:117] + "…"

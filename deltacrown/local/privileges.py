"""How a server is started: without root, and never longer alive than the process that started it.

PostgreSQL refuses to run as root, so root hands it to an ordinary user. That user often cannot reach the checkout
(``/root`` is closed to others), and opening somebody's folders is not ours to do. The server then gets the one
capability that lets it pass closed folders, and nothing else.
"""

import os
import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path

if os.name == "posix":
    import pwd

# From linux/capability.h. Containers often have the second and not the first.
PASSING_CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}


@cache
def unprivileged_user() -> tuple[int, int] | None:
    """Return user and group id to hand PostgreSQL to, or None when we are not root."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    message = "PostgreSQL refuses to run as root and this machine has no user `nobody`. Run as an ordinary user."
    raise RuntimeError(message)


def give(path: Path) -> None:
    """Make ``path`` the property of the user that PostgreSQL runs as."""
    if user := unprivileged_user():
        os.chown(path, *user)


def prefix(*, needs: tuple[Path, ...], drop: bool, at_death: signal.Signals) -> list[str]:
    """Return what stands before a command so that it runs as it should.

    Args:
        needs: Folders that the command must reach.
        drop: Whether to leave root.
        at_death: The signal it gets when the process that started it dies in any way.
    """
    setpriv = shutil.which("setpriv")
    user = unprivileged_user() if drop else None
    if setpriv is None:
        if user is None:
            return []  # not Linux: the next start cleans up what a killed one left
        message = "PostgreSQL refuses to run as root, and `setpriv` (package util-linux) is not here to leave root."
        raise RuntimeError(message)
    command = [setpriv, f"--pdeathsig={at_death.name.removeprefix('SIG')}"]
    if user:
        command += [f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups"]
        if not all(_reachable(setpriv, user, path) for path in needs):
            # Without the secure bit access(2), which initdb asks, would not count the capability.
            capability = _passing_capability()
            command += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}", "--securebits=+no_setuid_fixup"]
    return [*command, "--"]


@cache
def _reachable(setpriv: str, user: tuple[int, int], path: Path) -> bool:
    test = [setpriv, f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups", "--", "test", "-r", str(path)]
    return subprocess.run(test, check=False).returncode == 0  # noqa: S603 - our own words


def _passing_capability() -> str:
    status = Path("/proc/self/status").read_text()
    held = int(next(line for line in status.splitlines() if line.startswith("CapEff")).split()[1], 16)
    for name, bit in PASSING_CAPABILITIES.items():
        if held >> bit & 1:
            return name
    message = (
        "PostgreSQL cannot run as root, and the ordinary user it would run as cannot reach this checkout. "
        "Move the checkout to a folder that all users can enter, or run as an ordinary user."
    )
    raise RuntimeError(message)

"""Reads the part of systemd's unit files that ours use."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from deploy.deployer.errors import DeployError

SPECIFIER = re.compile(r"%(.)")
TIMES = {"s": 1, "sec": 1, "min": 60, "h": 3600}


@dataclass(frozen=True)
class Unit:
    """What a supervisor needs to know to run one service."""

    name: str
    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...]  # ExecStartPre
    folder: Path
    environment: dict[str, str]
    user: str
    kill_signal: str
    stop_seconds: float
    restarts: bool
    restart_seconds: float
    final: frozenset[int]  # exit codes after which it is not started again


def read(folder: Path, name: str) -> Unit:
    """Return the unit ``name``, as in ``deltacrown-gunicorn@blue``. Raises ``DeployError`` when there is none."""
    template, at, instance = name.partition("@")
    path = folder / f"{template}{at}.service"
    try:
        text = path.read_text()
    except FileNotFoundError:
        raise DeployError(f"There is no unit {name}: {path} is missing. Run deploy/install again.") from None
    given = _service_section(SPECIFIER.sub(lambda match: {"i": instance, "%": "%"}.get(match[1], match[0]), text))
    environment = dict(pair.split("=", 1) for line in given.get("Environment", []) for pair in shlex.split(line))
    for file in given.get("EnvironmentFile", []):
        environment |= _variables(Path(file.removeprefix("-")))
    return Unit(
        name=name,
        command=tuple(shlex.split(_last(given, "ExecStart"))),
        before=tuple(tuple(shlex.split(line)) for line in given.get("ExecStartPre", [])),
        folder=Path(_last(given, "WorkingDirectory", "/")),
        environment=environment,
        user=_last(given, "User"),
        kill_signal=_last(given, "KillSignal", "SIGTERM"),
        stop_seconds=seconds(_last(given, "TimeoutStopSec", "90")),
        restarts=_last(given, "Restart", "no") in {"always", "on-failure"},
        restart_seconds=seconds(_last(given, "RestartSec", "100ms")),
        final=frozenset(int(code) for code in _last(given, "RestartPreventExitStatus").split()),
    )


def _service_section(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    section = ""
    for line in text.replace("\\\n", " ").splitlines():
        words = line.strip()
        if words.startswith("["):
            section = words
        elif section == "[Service]" and "=" in words and not words.startswith("#"):
            key, value = words.split("=", 1)
            found.setdefault(key.strip(), []).append(value.strip())
    return found


def _last(given: dict[str, list[str]], key: str, default: str = "") -> str:
    return given.get(key, [default])[-1]


def _variables(path: Path) -> dict[str, str]:
    """Read a file of variables as systemd does; one that is missing holds none."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def seconds(text: str) -> float:
    """Return a time span of a unit file in seconds."""
    if text == "infinity":
        return float("inf")
    if text.endswith("ms"):
        return float(text[:-2]) / 1000
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    return float(number) * TIMES[text[len(number) :].strip() or "s"]

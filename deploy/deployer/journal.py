"""The deployment log: one file for each deployment, a line for each step, and a line in ``deployments.log``."""

import json
import os
import secrets
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.deployer import lock


class Journal:
    """Says what happens to the terminal and to the file. A full disk stops the file and not the deployment."""

    def __init__(self, folder: Path, *, kind: str, ref: str, quiet: bool = False) -> None:
        now = datetime.now(UTC)
        self.identifier = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        self.path = folder / f"{self.identifier}.jsonl"
        self._all = folder / "deployments.log"
        self._quiet = quiet
        self.note("began", kind=kind, ref=ref, who=lock.owner())

    def step(self, name: str) -> None:
        self.note("step", name=name)
        self._say(f"→ {name}")

    def skipped(self, name: str) -> None:
        self.note("skipped", name=name)
        self._say(f"· {name}: done before")

    def done(self, name: str, seconds: float) -> None:
        self.note("done", name=name, seconds=round(seconds, 2))

    def say(self, text: str) -> None:
        """Tell something worth knowing."""
        self.note("told", text=text)
        self._say(f"  {text}")

    def ended(self, state: str, reason: str = "", **facts: Any) -> None:
        """Close the deployment: ``succeeded``, ``failed``, ``interrupted``."""
        self.note("ended", state=state, reason=reason, **facts)
        line = f"{_now()} {self.identifier} {state} {' '.join(str(value) for value in facts.values())}"
        self._append(self._all, f"{line} {reason.splitlines()[0] if reason else ''}".rstrip())

    def note(self, event: str, **facts: Any) -> None:
        self._append(self.path, json.dumps({"at": _now(), "event": event, **facts}, ensure_ascii=False))

    def _say(self, text: str) -> None:
        if not self._quiet:
            with suppress(BrokenPipeError):
                sys.stdout.write(text + "\n")
                sys.stdout.flush()

    def _append(self, path: Path, line: str) -> None:
        with suppress(OSError), path.open("a") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


def read(path: Path) -> list[dict[str, Any]]:
    """Return the lines of one deployment; a last one that a kill cut off is left out."""
    lines = []
    for line in path.read_text().splitlines():
        with suppress(ValueError):
            lines.append(json.loads(line))
    return lines


def unfinished(folder: Path) -> list[Path]:
    """Return the deployments without an end, oldest first. Who holds the lock knows that none of them still runs."""
    return [path for path in sorted(folder.glob("*.jsonl")) if not any(line["event"] == "ended" for line in read(path))]


def close_interrupted(path: Path) -> None:
    """Write the end that its process could not write."""
    with suppress(OSError), path.open("a") as file:
        told = {"at": _now(), "event": "ended", "state": "interrupted", "reason": "Its process died in the middle."}
        file.write("\n" + json.dumps(told) + "\n")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

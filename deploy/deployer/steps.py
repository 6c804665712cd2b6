"""A deployment is a list of steps, each of which finds out whether it is done, does it, and looks at the result.

So a deployment that was killed anywhere is finished by running the same command again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.deployer.installation import Installation
from deploy.deployer.journal import Journal
from deploy.deployer.units import Units


@dataclass
class Run:
    """What the steps of one deployment share."""

    site: Installation
    units: Units
    journal: Journal
    commit: str = ""
    release: Path = field(default_factory=Path)
    colour: str = ""  # where the new release goes
    live_before: str = ""
    claimed: bool = False  # whether the idle colour has been taken for it


def _never(_: Run) -> bool:
    return False


def _nothing(_: Run) -> None:
    return None


@dataclass(frozen=True)
class Step:
    """``is_done`` finds out, ``act`` does, ``verify`` raises when the result is not there."""

    name: str
    act: Callable[[Run], None]
    is_done: Callable[[Run], bool] = _never
    verify: Callable[[Run], None] = _nothing


def perform(run: Run, steps: Sequence[Step]) -> None:
    """Do what is left to do, in order. Raises what a step raises."""
    for step in steps:
        if step.is_done(run):
            run.journal.skipped(step.name)
            continue
        began = time.monotonic()
        run.journal.step(step.name)
        step.act(run)
        step.verify(run)
        run.journal.done(step.name, time.monotonic() - began)

"""What ``manage.py test`` runs: pytest, which is the one way that the suite runs."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from deltacrown.local.state import ROOT


class PytestTestRunner:
    """Hands the tests over to pytest in a process of its own, which has the settings of the tests from its start."""

    def __init__(self, *, verbosity: int = 1, failfast: bool = False, keepdb: bool = False, **options: Any) -> None:
        self.verbosity = verbosity
        self.failfast = failfast
        self.parallel = options.get("parallel") or 0

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Take ``--parallel`` as Django's own runner does."""
        parser.add_argument("--parallel", type=int, default=0, help="Run this many processes.")

    def run_tests(self, test_labels: list[str], **_: Any) -> int:
        """Run the files or folders in ``test_labels``, or the whole suite. Return pytest's exit status."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != "DJANGO_SETTINGS_MODULE" and not name.startswith("PYTEST")
        }
        command = [sys.executable, "-m", "pytest", *self.arguments(), *test_labels]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603 - our own words

    def arguments(self) -> list[str]:
        """Return pytest's words for Django's options."""
        arguments = {0: ["-q"], 1: [], 2: ["-v"], 3: ["-vv"]}[self.verbosity]
        if self.failfast:
            arguments = [*arguments, "--exitfirst"]
        if self.parallel:
            arguments = [*arguments, "-n", str(self.parallel)]
        return arguments

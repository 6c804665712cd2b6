"""Migrations: applied by the new release while the old one serves."""

import json
from datetime import UTC, datetime
from typing import Any

from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.manage import ask, manage
from deploy.deployer.steps import Run

HOURS_6 = 6 * 3600.0  # many statements may each take their time


def migrate(run: Run) -> None:
    """Apply what is missing. What takes something away is written down before, because no release goes back over it."""
    plan = ask(run.site, run.release, "migrate_release", "--plan", "--json")
    for line in plan["migrations"]:
        if line["contracts"]:
            _note_contraction(run.site, line, run.commit)
            run.journal.say(f"{line['name']} takes away what older releases use: no rollback over it")
    if not plan["migrations"]:
        run.journal.say("none to apply")
        return
    run.journal.say(f"{len(plan['migrations'])} to apply")
    limits = ["--lock-seconds", str(run.site.lock_seconds), "--attempts", str(run.site.lock_attempts)]
    limits += ["--statement-seconds", str(run.site.statement_seconds)]
    # Killed in the middle of an index it would leave a half one. The next try waits for it.
    told = manage(run.site, run.release, "migrate_release", *limits, timeout=HOURS_6, outlives=True)
    for line in told.strip().splitlines():
        run.journal.say(line)


def _note_contraction(site: Installation, line: dict[str, Any], commit: str) -> None:
    with (site.base / "contracted.jsonl").open("a") as file:
        told = {"name": line["name"], "file": line["file"], "commit": commit, "at": f"{datetime.now(UTC):%F %T} UTC"}
        file.write(json.dumps(told) + "\n")


def check_can_run(run: Run) -> None:
    """Refuse a release that does not know of something that was taken away from the database after it."""
    try:
        lines = (run.site.base / "contracted.jsonl").read_text().splitlines()
    except FileNotFoundError:
        return
    for line in map(json.loads, lines):
        if not (run.release / line["file"]).is_file():
            raise DeployError(
                f"Release {run.commit[:12]} can't run any more: {line['name']} took away what it uses, on {line['at']} "
                f"with {line['commit'][:12]}. Mend the fault and release forward (docs/deployment.md)."
            )

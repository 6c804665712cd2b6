"""The checklist before a release, asked of the release itself (``manage.py predeploy``)."""

from deploy.deployer.errors import DeployError
from deploy.deployer.manage import ask
from deploy.deployer.steps import Run

MARKS = {"ok": "✓", "failed": "✗", "warning": "!", "not checked": "?"}


def predeploy(run: Run, skip: tuple[str, ...] = ()) -> None:
    """Have the release look at itself and its surroundings. Raises ``DeployError`` with all that fails."""
    words = ["predeploy", "--json", "--backup-hours", str(run.site.backup_hours)]
    if not run.live_before:
        words.append("--first")
    told = ask(run.site, run.release, *words)
    refused = []
    for line in told["checks"]:
        state = line["state"]
        if state == "failed" and line["name"] not in skip:
            refused.append(f"{line['name']}: {line['told']}")
        elif state == "failed":
            run.journal.say(f"{MARKS[state]} {line['name']}, passed over by --skip: {line['told']}")
            continue
        run.journal.say(f"{MARKS[state]} {line['name']}: {line['told']}")
    if refused:
        raise DeployError("predeploy refuses the release:\n  " + "\n  ".join(refused))

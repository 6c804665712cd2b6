"""``deploy/status``: what serves, what stands by, who deploys, what happened lately."""

import json
from typing import Any

from deploy.deployer import asking, history, journal, lock
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import BEAT, COLOURS, WEB, WORKERS, Installation
from deploy.deployer.terminal import say
from deploy.deployer.units import Units

LATEST = 5


def collect(site: Installation, units: Units) -> dict[str, Any]:
    """Return everything as data."""
    live = site.live()
    found: dict[str, Any] = {"name": site.name, "live": live, "maintenance": (site.state / "maintenance").exists()}
    found["colours"] = {
        colour: {
            "release": folder.name if (folder := site.release_of(colour)) else None,
            "units": {part: units.is_active(site.unit(part, colour)) for part in (*WEB, *WORKERS, BEAT)},
        }
        for colour in COLOURS
    }
    try:
        answer = asking.site_itself(site, "/healthz")
        found["serves"] = {**answer.json(), "status": answer.status}
    except DeployError as error:
        found["serves"] = {"status": None, "reason": str(error)}
    try:
        found["rollback"] = history.before(site, site.release_of(live) if live else None).name
    except DeployError as error:
        found["rollback"] = None
        found["no_rollback"] = str(error)
    found["deploys"] = lock.holder(site.base / "deploy.lock")
    # Who died in the middle could not write so; the next deployment will.
    unended = "interrupted" if found["deploys"] is None else "running"
    found["latest"] = [_summary(path, unended) for path in sorted(site.deployments.glob("*.jsonl"))[-LATEST:]]
    return found


def _summary(path: Any, unended: str) -> dict[str, Any]:
    lines = journal.read(path)
    facts = {key: value for line in lines for key, value in line.items() if key in {"kind", "ref", "commit", "who"}}
    end = next((line for line in lines if line["event"] == "ended"), {"state": unended, "reason": ""})
    return {"id": path.stem, **facts, "state": end["state"], "reason": end.get("reason", "")}


def show(site: Installation, units: Units, *, as_json: bool) -> int:
    """Print it. Returns 0 when the site answers and what should run runs."""
    found = collect(site, units)
    live = found["live"]
    healthy = found["serves"]["status"] == 200 and bool(live) and all(found["colours"][live]["units"].values())
    if as_json:
        say(json.dumps({**found, "healthy": healthy}))
        return 0 if healthy else 1
    serves = found["serves"]
    told = f"{serves.get('version')} {serves.get('commit')}" if serves["status"] == 200 else f"NOT ANSWERED: {serves}"
    say(f"{site.name}: {told}{'; CLOSED FOR MAINTENANCE' if found['maintenance'] else ''}")
    for colour, about in found["colours"].items():
        running = [part for part, runs in about["units"].items() if runs]
        role = "serves" if colour == live else "stands by" if set(WEB) <= set(running) else "rests"
        say(f"  {colour:<6} {role:<10} {(about['release'] or 'nothing')[:12]:<13} {' '.join(running) or '-'}")
        missing = [part for part in about["units"] if part not in running]
        if colour == live and missing:
            say(f"         NOT RUNNING: {', '.join(missing)}")
    say(f"  rollback goes to {found['rollback'][:12] if found['rollback'] else 'nothing: ' + found['no_rollback']}")
    if found["deploys"] is not None:
        say(f"  being deployed by {found['deploys'].get('who', 'somebody')}: {found['deploys'].get('what', '')}")
    for line in found["latest"]:
        reason = line["reason"].splitlines()[0][:100] if line["reason"] else ""
        say(f"  {line['id']} {line.get('kind', ''):<8} {line.get('ref', ''):<14.14} {line['state']:<11} {reason}")
    return 0 if healthy else 1

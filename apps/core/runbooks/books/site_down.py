"""The site does not answer: closed, not running, or not ready because of what it leans on."""

from pathlib import Path

from django.conf import settings

from apps.core.health import processes, readiness
from apps.core.health.probes import NotReady
from apps.core.runbooks import machine, programs
from apps.core.runbooks.books.worker_stuck import remedy_to_start
from apps.core.runbooks.diagnosis import Diagnosis, Look, Runbook

# Which runbook a failing dependency leads to.
NEXT = {
    "database": "database-down",
    "migrations": "bad-release",
    "cache": "redis-down",
    "broker": "redis-down",
    "channel layer": "redis-down",
    "storage": "disk-full",
    "disk": "disk-full",
}


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Go from the outside in, and lead on to the runbook of what fails."""
    if Path(settings.MAINTENANCE_FILE).exists():
        diagnosis.note("The site is closed for maintenance (manage.py maintenance off opens it).")
    for unit in (unit for what in ("web", "sockets", "nginx") for unit in programs.failed_units(what)):
        diagnosis.note(f"{unit} does not run.")
        diagnosis.remedies.append(remedy_to_start(unit))
    report = readiness.report()
    diagnosis.evidence["ready"] = report.as_json(reasons=True)
    for result in report.results:
        if result.ok:
            continue
        diagnosis.wrong(f"{result.name.capitalize()}: {result.reason}.")
        if result.name in NEXT:
            diagnosis.advise(f"manage.py runbook {NEXT[result.name]}")
    if report.ok:
        diagnosis.ok(f"All {len(report.results)} things that the site leans on answer.")
    if look.deep:
        _look_at_the_address(diagnosis)


def _look_at_the_address(diagnosis: Diagnosis) -> None:
    try:
        diagnosis.ok(processes.web(settings.SITE_URL))
    except NotReady as problem:
        diagnosis.wrong(str(problem))
        serving = [each for each in machine.members() if each.kind == "web"]
        diagnosis.evidence["web"] = serving
        diagnosis.note(f"{len(serving)} web processes of this site run on this machine.")
        diagnosis.advise(
            "With web processes: nginx -t, then its error log. Without: journalctl -u deltacrown-gunicorn@COLOUR."
        )


RUNBOOK = Runbook("site-down", "The site does not answer", look, alerts=("SiteDown", "NotReady"), settle=20.0)

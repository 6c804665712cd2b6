"""Nothing starts the schedule: no beat lives, or it does not get through to the database."""

from apps.core.health import processes
from apps.core.health.probes import NotReady
from apps.core.jobs import selectors
from apps.core.runbooks import machine, programs
from apps.core.runbooks.books.worker_stuck import remedy_to_start
from apps.core.runbooks.diagnosis import Diagnosis, Look, Runbook


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Ask beats for their report and the schedule for what is late. What was missed is made up for once."""
    lines = selectors.schedule_overview()
    diagnosis.evidence["schedule"] = lines
    for line in lines:
        if line.paused_at:
            diagnosis.note(f"{line.name} is paused since {line.paused_at:%F %R} UTC.")
    try:
        diagnosis.ok(processes.beat(anywhere=True))
    except NotReady as problem:
        diagnosis.wrong(str(problem))
        here = [each for each in machine.members() if each.kind == "beat"]
        if here:
            diagnosis.note(f"A beat runs here as process {here[0].pid}: look at its log and at database-down.")
        for unit in programs.failed_units("beat"):
            diagnosis.remedies.append(remedy_to_start(unit))
        diagnosis.advise("Start a beat: systemctl start deltacrown-celery-beat@COLOUR. Two at once are safe.")


RUNBOOK = Runbook("beat-late", "The schedule stands still", look, alerts=("BeatLate",), settle=60.0)

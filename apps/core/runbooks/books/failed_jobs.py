"""Jobs failed for good: of which task, why, and which may simply run again."""

from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial

from django.utils import timezone

from apps.core.errors import DomainError
from apps.core.jobs import operations
from apps.core.models import Job
from apps.core.runbooks.diagnosis import Diagnosis, Look, Remedy, Runbook

LATELY = 86_400.0  # seconds
AT_ONCE = 500
# Errors of something that was away. What the code or the data is guilty of would only fail again.
PASSING = ("OperationalError", "InterfaceError", "ConnectionError", "TimeoutError", "SMTPServerDisconnected", "OSError")


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Group the failures of a day, and propose to run those again whose cause was an outage."""
    since = timezone.now() - timedelta(seconds=look.seconds(LATELY))
    failed = Job.objects.filter(state=Job.State.FAILED, finished_at__gte=since).order_by("pk")
    rows = list(failed.values_list("pk", "name", "last_error", "lost_leases")[:5000])
    diagnosis.evidence["failed"] = [dict(zip(("id", "task", "error", "lost"), row, strict=True)) for row in rows[:200]]
    if not rows:
        diagnosis.ok("No job has failed for good in the last day.")
        return
    counted = Counter((name, error.split(":")[0]) for _, name, error, _ in rows)
    for (name, error), count in counted.most_common(5):
        diagnosis.wrong(f"{count} × {name}: {error or 'no reason'}.")
    passing: dict[str, list[int]] = defaultdict(list)
    for pk, name, error, lost in rows:
        if not lost and error.split(":")[0].rpartition(".")[2] in PASSING:
            passing[name].append(pk)
    for name, ids in passing.items():
        diagnosis.remedies.append(
            Remedy(
                f"Run {len(ids[:AT_ONCE])} jobs of {name} again that failed because something was away.",
                "A job takes effect once, however often it runs (docs/jobs.md). Those that lost workers are left.",
                f"manage.py jobs cancel {' '.join(map(str, ids[:10]))}{' …' if len(ids) > 10 else ''}",
                partial(_requeue, ids[:AT_ONCE]),
            )
        )
    diagnosis.advise("The rest needs its cause mended first: Admin → Failed jobs has arguments, trace and “run again”.")


def _requeue(ids: list[int]) -> str:
    done = 0
    for pk in ids:
        try:
            operations.requeue(actor=None, job_id=pk)
            done += 1
        except DomainError:  # somebody was faster, or its twin waits already
            continue
    return f"{done} of {len(ids)} jobs run again."


RUNBOOK = Runbook("failed-jobs", "Jobs failed for good", look, alerts=("JobsFailed",), settle=30.0)

"""Jobs without broker and workers: they run in the site's own process, after the commit or when their time comes."""

from django.conf import settings

from apps.core.jobs import heartbeats, schedules, sweeping
from apps.core.jobs.sweeper import Sweeper
from apps.core.metrics.history.sampling import sample
from apps.core.operations import verdict


def start() -> None:
    """Begin to run retries, later jobs and the schedule in this process. Called by the servers; no-op with a broker."""
    if settings.JOBS_IN_THIS_PROCESS:
        Sweeper(_work).start()


def _work() -> None:
    schedules.tick()
    heartbeats.report(heartbeats.BEAT)
    sweeping.sweep()
    heartbeats.report(heartbeats.WORKER)
    if sample():  # once a minute
        verdict.note()

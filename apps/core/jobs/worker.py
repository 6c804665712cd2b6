"""What a Celery worker adds: connections of its own kind, and the sweeper."""

from typing import Any

from celery import bootsteps
from django.conf import settings
from django.db import connections

from apps.core.jobs import heartbeats, registry, sweeping
from apps.core.jobs.sweeper import Sweeper
from apps.core.metrics import counting, pulse
from apps.core.metrics.history.sampling import sample
from apps.core.operations import verdict


class Sweeping(bootsteps.StartStopStep):
    """Sweeps in the worker's main process as long as the worker lives, with or without its broker."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        use_connections_for_jobs()
        counting.start("worker")  # and so do the processes that it forks
        registry.loaded_app()  # with former names of tasks, before Celery makes its table of what it can run
        self._sweeper = Sweeper(_sweep)
        self._sweeper.let_forks_wait()

    def start(self, worker: Any) -> None:
        self._sweeper.start()

    def stop(self, worker: Any) -> None:
        self._sweeper.stop()

    def terminate(self, worker: Any) -> None:
        self.stop(worker)


def _sweep() -> None:
    pulse.beat()
    heartbeats.report(heartbeats.WORKER)
    sweeping.sweep()
    if sample():  # once a minute
        verdict.note()


def use_connections_for_jobs() -> None:
    """Let a job take its time, keep a connection from job to job, and share none with a forked process."""
    for alias in connections:
        connections.settings[alias] |= {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}
        options = connections.settings[alias].get("OPTIONS", {})
        options.pop("pool", None)
        if "options" in options:
            options["options"] = settings.JOBS_DATABASE_OPTIONS

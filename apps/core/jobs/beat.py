"""Celery's beat, writing jobs instead of sending messages: what is due is in the database before anything is sent."""

import logging
from typing import Any

from celery.beat import Scheduler
from django.db import InterfaceError, OperationalError, connections

from apps.core.jobs import checks, heartbeats, schedules
from apps.core.metrics import counting, pulse

logger = logging.getLogger(__name__)


class JobScheduler(Scheduler):
    """Run any number of these: each due time becomes one job. It keeps no file, and needs no broker to go on."""

    def setup_schedule(self) -> None:
        """Refuse to start with an entry that could never run: in the log of a beat that runs nobody would see it."""
        if faults := checks.check_schedule():
            raise SystemExit("\n".join(str(fault.msg) for fault in faults))
        counting.start("beat")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Enqueue what is due. Returns the seconds to sleep."""
        longest = float(self.max_interval or 300)
        try:
            wait = min(schedules.tick(), longest)
            heartbeats.report(heartbeats.BEAT)
            pulse.beat()
        except (OperationalError, InterfaceError) as error:
            logger.warning("The schedule waits for the database: %s", error)
            wait = min(5.0, longest)
        finally:
            connections.close_all()  # it sleeps for long; nobody should hold a connection meanwhile
        return wait

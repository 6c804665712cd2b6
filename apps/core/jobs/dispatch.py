"""How a worker hears of a job. Whatever fails here the sweeper makes good, so nothing here fails the caller."""

import logging
import os
import threading
import time
from typing import Any

from django.conf import settings
from kombu.exceptions import OperationalError

from apps.core.jobs import registry, running
from apps.core.models import Job

logger = logging.getLogger(__name__)

JOB_HEADER = "job_id"
PAUSE_AFTER_FAILURE = 5.0  # seconds without a try, so that a request with ten jobs waits once and not ten times

# Somebody waits for a page while the broker is asked: half a second in all, also when it hangs.
_IMPATIENCE = {
    "socket_connect_timeout": 0.4,
    "socket_timeout": 0.4,
    "max_retries": 0,
    "connect_retries_timeout": 0.4,
}


class BrokerUnreachable(Exception):
    """The broker does not take messages now."""


class _Line(threading.local):
    """This thread's connection to the broker. A forked process must not use its parent's, so it goes with the pid."""

    pid: int | None = None
    producer: Any = None


_line = _Line()
_silent_until = 0.0


def deliver(job: Job) -> None:
    """Have a committed job run: send it to a worker, or in one-process mode run it here and now. Never raises."""
    try:
        if settings.JOBS_INLINE:
            running.run(job.pk)
        else:
            send(job)
    except BrokerUnreachable as error:
        logger.warning("Job %s waits for the sweeper: %s", job.pk, error)
    except Exception:
        logger.exception("Job %s could not be started; the sweeper tries again", job.pk)


def send(job: Job) -> None:
    """Put a message with nothing but the job's id into its queue. Raises ``BrokerUnreachable`` within a second."""
    global _silent_until  # noqa: PLW0603 - one broker for the process
    if time.monotonic() < _silent_until:
        raise BrokerUnreachable("the broker did not answer a moment ago")
    app = registry.loaded_app()
    try:
        app.send_task(
            job.name,
            headers={JOB_HEADER: job.pk},
            queue=job.queue,
            ignore_result=True,
            retry=False,
            producer=_producer(),
        )
    except (OperationalError, OSError) as error:
        _line.producer = None
        _silent_until = time.monotonic() + PAUSE_AFTER_FAILURE
        raise BrokerUnreachable(str(error)) from error
    _silent_until = 0.0


def _producer() -> Any:
    if _line.producer is None or _line.pid != os.getpid():
        app = registry.loaded_app()
        connection = app.connection(connect_timeout=0.4, transport_options=_IMPATIENCE)
        _line.producer = app.amqp.Producer(connection, auto_declare=False)
        _line.pid = os.getpid()
    return _line.producer

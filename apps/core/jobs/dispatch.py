"""How a worker hears of a job. Whatever fails here the sweeper makes good, so nothing here fails the caller."""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from apps.core.jobs import registry, running
from apps.core.models import Job

logger = logging.getLogger(__name__)

JOB_HEADER = "job_id"
PAUSE_AFTER_FAILURE = 5.0  # seconds without a try, so that a request with ten jobs waits once and not ten times

# Somebody waits for a page while the broker is asked: half a second in all, also when it hangs.
IMPATIENCE = {
    "socket_connect_timeout": 0.4,
    "socket_timeout": 0.4,
    "max_retries": 0,
    "connect_retries_timeout": 0.4,
}


# Publishing wraps the broker's errors, asking for a queue's length does not.
_BROKER_ERRORS = (OperationalError, RedisError, OSError)


class BrokerUnreachable(Exception):
    """The broker does not take messages now."""


class BrokerSilent(BrokerUnreachable):
    """It did not answer a moment ago, and so is not asked."""


class _Line(threading.local):
    """This thread's connection to the broker. A forked process must not use its parent's, so it goes with the pid."""

    pid: int | None = None
    producer: Any = None


_line = _Line()
_silent_until = 0.0


def deliver(job: Job) -> None:
    """Have a job run whose transaction has just committed. Never raises: the caller's work is done."""
    try:
        start(job)
    except BrokerSilent as error:
        logger.info("Job %s waits for the sweeper: %s", job.pk, error)
    except BrokerUnreachable as error:  # once for each pause, not once for each job
        logger.warning("Job %s waits for the sweeper: %s", job.pk, error)
    except Exception:
        logger.exception("Job %s could not be started; the sweeper tries again", job.pk)


def start(job: Job) -> None:
    """Send a job to a worker, or in one-process mode run it here and now. Raises ``BrokerUnreachable``."""
    if settings.JOBS_INLINE:
        running.run(job.pk)
        return
    app = registry.loaded_app()
    with _broker() as producer:
        # Nothing but the id: the row says what to do, and may have changed when the message arrives.
        app.send_task(
            job.name,
            headers={JOB_HEADER: job.pk},
            queue=job.queue,
            ignore_result=True,
            retry=False,
            producer=producer,
        )


def depth(queue: str) -> int:
    """Return how many messages wait in a queue of the broker. Raises ``BrokerUnreachable``."""
    if settings.JOBS_INLINE:
        return 0
    with _broker() as producer:
        return int(producer.connection.default_channel.queue_declare(queue=queue).message_count)


@contextmanager
def _broker() -> Iterator[Any]:
    """Lend this thread's producer. After a failure nobody tries for a while."""
    global _silent_until  # noqa: PLW0603 - one broker for the process
    if time.monotonic() < _silent_until:
        raise BrokerSilent("the broker did not answer a moment ago")
    try:
        yield _producer()
    except _BROKER_ERRORS as error:
        _line.producer = None
        _silent_until = time.monotonic() + PAUSE_AFTER_FAILURE
        raise BrokerUnreachable(str(error)) from error


def _producer() -> Any:
    if _line.producer is None or _line.pid != os.getpid():
        app = registry.loaded_app()
        connection = app.connection(settings.CELERY_BROKER_URL, transport_options=IMPATIENCE)
        _line.producer = app.amqp.Producer(connection, auto_declare=False)
        _line.pid = os.getpid()
    return _line.producer

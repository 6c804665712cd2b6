"""Whether the worker, the beat, the web server and the socket server of this machine do their work.

Each function returns a sentence, or raises ``NotReady`` with one. They are asked from outside, by systemd or a
container, so each asks what its process leans on with short timeouts and nothing else.
"""

import base64
import http.client
import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from apps.core.health.probes import NotReady
from apps.core.jobs import dispatch, heartbeats, registry, selectors

# A worker reports every five seconds, a beat every twenty at least. Three reports may be late on a busy machine.
WORKER_SILENCE = timedelta(seconds=30)
BEAT_SILENCE = timedelta(seconds=90)
LATE_SECONDS = 120
PING_SECONDS = 1.5
CONNECT_SECONDS = 2.0
SWITCHING_PROTOCOLS, FORBIDDEN = 101, 403


def worker(*, anywhere: bool = False) -> str:
    """A worker of this machine has reported lately, and workers answer through the broker."""
    _check_reported(heartbeats.WORKER, "worker", WORKER_SILENCE, anywhere=anywhere)
    if settings.JOBS_IN_THIS_PROCESS:
        return "Jobs run in the site's own process, which has reported lately."
    answers = _ping()
    if not answers:
        raise NotReady("A worker lives, but none answers through the broker: it gets no jobs but what it sweeps.")
    return f"{len(answers)} worker{'' if len(answers) == 1 else 's'} answered: {', '.join(sorted(answers))}."


def reported_worker() -> str:
    """A worker has reported to the database lately, on any machine. Nothing is asked through the broker."""
    _check_reported(heartbeats.WORKER, "worker", WORKER_SILENCE, anywhere=True)
    return "A worker has reported lately."


def beat(*, anywhere: bool = False) -> str:
    """A beat of this machine has reported lately, and nothing of the schedule is late."""
    _check_reported(heartbeats.BEAT, "beat", BEAT_SILENCE, anywhere=anywhere)
    lines = selectors.schedule_overview()
    if late := [line.name for line in lines if line.late_seconds > LATE_SECONDS]:
        raise NotReady(f"Beat reports, but {', '.join(late)} should have been started long ago.")
    return f"Beat has reported lately, and none of {len(lines)} entries is late."


def web(url: str) -> str:
    """The web server answers ``/healthz``."""
    status = _ask(f"{url.rstrip('/')}/healthz", {})
    if status != http.HTTPStatus.OK:
        raise NotReady(f"The web server at {url} answers with status {status} instead of 200.")
    return f"The web server at {url} answers."


def sockets(url: str) -> str:
    """The socket server shakes hands. Without a login it closes at once, which shows that consumers run."""
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13"}
    origin = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    status = _ask(f"{url.rstrip('/')}/ws/notifications/", {**headers, "Origin": origin})
    if status not in (SWITCHING_PROTOCOLS, FORBIDDEN):
        raise NotReady(f"The server at {url} answers a WebSocket with status {status} instead of 101.")
    return f"The socket server at {url} shakes hands."


def _check_reported(kind: str, called: str, silence: timedelta, *, anywhere: bool) -> None:
    host = None if anywhere else socket.gethostname()
    where = "anywhere" if anywhere else "on this machine"
    try:
        seen = heartbeats.last_seen(kind, host=host)
    except Error as error:
        raise NotReady("The database does not answer, so nothing is known and nothing can run.") from error
    if seen is None:
        raise NotReady(f"No {called} has ever reported {where}. Is it started?")
    if (ago := timezone.now() - seen) > silence:
        raise NotReady(f"The last {called} {where} reported {_in_words(ago, seen)}.")


def _in_words(ago: timedelta, seen: datetime) -> str:
    return f"{ago.total_seconds():.0f} seconds ago, at {seen:%F %T} UTC"


def _ping() -> list[str]:
    """Return the names of the workers that answer."""
    app = registry.loaded_app()
    try:
        with app.connection(settings.CELERY_BROKER_URL, transport_options=dispatch.IMPATIENCE) as line:
            replies = app.control.ping(timeout=PING_SECONDS, connection=line)
    except (OperationalError, RedisError, OSError) as error:
        raise NotReady("The broker does not answer: the worker lives, but gets no jobs but what it sweeps.") from error
    return [name for reply in replies or [] for name in reply]


def _ask(url: str, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    make: Callable[..., http.client.HTTPConnection] = (
        http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    )
    line = make(parts.hostname or "127.0.0.1", parts.port, timeout=CONNECT_SECONDS)
    try:
        line.request("GET", parts.path, headers={"Host": _host(), **headers})
        return line.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotReady(f"Nothing answers at {url} within {CONNECT_SECONDS:.0f} seconds.") from error
    finally:
        line.close()


def _host() -> str:
    """A name that the site answers to: an address of the machine would be refused."""
    return urlsplit(settings.SITE_URL).netloc or "localhost"

"""``make run``: servers, migrations, demo data, web, worker and beat, under one supervisor."""

import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial

from dotenv import dotenv_values

from deltacrown.local import child, console, own
from deltacrown.local.program import Program
from deltacrown.local.state import ROOT, AlreadyRunningError, State
from deltacrown.local.supervisor import GaveUpError, Supervisor

HOST = "127.0.0.1"
PYTHON = sys.executable
LOGINS = "LOGINS "  # the last line of deltacrown.local.prepare


class CannotStartError(RuntimeError):
    """Something has to change first. The message says what."""


class Ended(Exception):
    """A signal came while things were being started."""


def run(port: int, state: State | None = None) -> int:
    """Run the whole platform until it is told to end. Return the exit status."""
    return _supervise(state or State(), partial(_platform, port=port), port=port)


def run_servers(state: State | None = None) -> int:
    """Run only PostgreSQL and Redis until told to end."""
    return _supervise(state or State(), _servers_only)


def check_port(port: int) -> None:
    """Refuse a port that cannot be had, before anything is started."""
    try:
        if not child.listening(port):
            child.bind(port).close()
            return
    except PermissionError as error:
        message = f"Port {port} is for root only on this machine. Choose one above 1023, as in `make run PORT=8000`."
        raise CannotStartError(message) from error
    except (OSError, OverflowError):
        pass
    message = (
        f"Port {port} is taken by another program on this machine. "
        f"Choose another one with `make run PORT={port + 1 if port < 65535 else 8000}`, or end that program."
    )
    raise CannotStartError(message)


def stop(state: State | None = None) -> str:
    """End the supervisor of this checkout and everything it started. Return what happened."""
    state = state or State()
    pid = state.supervisor()
    if pid is None:
        return "Servers that had lost their supervisor are stopped." if own.stop_leftovers(state) else "Nothing runs."
    os.kill(pid, 15)
    deadline = time.monotonic() + 40
    while state.supervisor() is not None:
        if time.monotonic() > deadline:
            message = f"Process {pid} does not end. `kill -9 {pid}` ends it; the next start cleans up."
            raise CannotStartError(message)
        time.sleep(0.1)
    return "Stopped."


def _supervise(state: State, body: Callable[[Supervisor, State], None], port: int | None = None) -> int:
    supervisor = Supervisor()
    try:
        state.make()
        with state.claimed(), supervisor.signals():
            if port is not None:
                check_port(port)
            try:
                body(supervisor, state)
            finally:
                if supervisor.asked_to_end:
                    console.say()
                    console.log("run", "Ending everything. Once more: at once.")
                supervisor.end()
                state.servers.unlink(missing_ok=True)
    except AlreadyRunningError as error:
        console.say(
            f"DeltaCrown runs already in this folder (process {error.args[0] or 'unknown'}). `make stop` ends it."
        )
        return 1
    except Ended:
        pass
    except (CannotStartError, GaveUpError, child.ServerFailedError, RuntimeError, PermissionError) as error:
        console.say(f"\n{error}")
        return 1
    console.say("DeltaCrown has ended.")
    return 0


def _platform(supervisor: Supervisor, state: State, *, port: int) -> None:
    started = time.monotonic()
    environment = _environment(port)
    _start_servers(supervisor, state, environment)
    logins = _prepare(supervisor, state, environment)
    _stop_here(supervisor)
    for program in _programs(state, environment, port):
        supervisor.add(program)
    greet = _Greeter(f"http://{HOST}:{port}/", environment["SITE_URL"], logins, started)
    supervisor.loop(every=greet)


def _servers_only(supervisor: Supervisor, state: State) -> None:
    environment = _environment(None)
    if not _start_servers(supervisor, state, environment):
        message = "There is nothing to start: DB_HOST, DB_ENGINE or REDIS_URL name other servers."
        raise CannotStartError(message)
    console.say("\n`python manage.py …` finds these servers. Ctrl-C ends them.")
    supervisor.loop()


def _environment(port: int | None) -> dict[str, str]:
    """Return the variables that the processes get: ours, and what ``.env`` does not name."""
    from_file = dotenv_values(ROOT / ".env") if (ROOT / ".env").is_file() else {}
    named = {name: value or "" for name, value in from_file.items()} | dict(os.environ)
    if named.get("ENVIRONMENT", "development") != "development":
        message = f"ENVIRONMENT is {named['ENVIRONMENT']}: this command is for development only."
        raise CannotStartError(message)
    named["PYTHONUNBUFFERED"] = "1"
    if port is not None and not named.get("SITE_URL"):
        named["SITE_URL"] = f"http://localhost:{port}"
    return named


def _start_servers(supervisor: Supervisor, state: State, environment: dict[str, str]) -> list[own.OwnServer]:
    servers = own.wanted(state, environment)
    state.servers.unlink(missing_ok=True)
    for server in servers:
        with console.step(server.name) as words:
            server.start()
            words.append(f"on {HOST}:{server.noted()['port']}")
        supervisor.add(server, started=True)
        environment |= dict(server.variables or {})
        _stop_here(supervisor)
    if "REDIS_URL" not in environment:
        console.say("  ! No redis-server on this machine: cache, live messages and jobs stay inside the web process.")
        environment["REDIS_URL"] = ""
    return servers


def _prepare(supervisor: Supervisor, state: State, environment: dict[str, str]) -> list[dict[str, str]]:
    """Migrate and load demo data, in one process because each start of Django costs more than a second."""
    lines: list[str] = []

    def show(line: str) -> None:
        lines.append(line)
        if not line.startswith(LOGINS):
            console.say(f"    {line}")

    program = Program("prepare", [PYTHON, "-m", "deltacrown.local.prepare", str(state.var)], environment, show=show)
    code = supervisor.finish(program)
    if code is None:
        raise Ended
    if code:
        message = "The database could not be prepared; the lines above say why."
        raise CannotStartError(message)
    logins: list[dict[str, str]] = json.loads(lines[-1].removeprefix(LOGINS))
    return logins


def _programs(state: State, environment: dict[str, str], port: int) -> Iterator[Program]:
    manage = [PYTHON, str(ROOT / "manage.py")]
    yield Program("web", [*manage, "runserver", f"{HOST}:{port}"], environment)
    if not environment.get("REDIS_URL"):
        return  # the web process does the jobs
    celery = [PYTHON, "-m", "celery", "--quiet", "--app", "deltacrown"]
    quiet = ["--without-gossip", "--without-mingle"]
    worker = ["worker", "--queues", "critical,default,bulk", "--concurrency", "2", "--loglevel", "INFO", *quiet]
    as_root = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    yield Program("worker", [*celery, *worker], environment | as_root)
    schedule = str(state.var / "beat-schedule")
    yield Program("beat", [*celery, "beat", "--loglevel", "INFO", "--schedule", schedule], environment)


def _stop_here(supervisor: Supervisor) -> None:
    if supervisor.asked_to_end:
        raise Ended


class _Greeter:
    """Says where the site is, once it answers. It asks in a thread, so that the log and Ctrl-C never wait for it."""

    def __init__(self, probe: str, url: str, logins: list[dict[str, str]], started: float) -> None:
        self._probe, self._url, self._logins, self._started = probe, url, logins, started
        self._answer: tuple[int, float] | None = None
        self._asking: threading.Thread | None = None

    def __call__(self) -> None:
        if self._asking is None:
            self._asking = threading.Thread(target=self._ask, daemon=True)
            self._asking.start()
        elif self._answer:
            self._greet(*self._answer)
            self._answer = None

    def _ask(self) -> None:
        while True:
            try:
                with urllib.request.urlopen(self._probe, timeout=30) as page:  # noqa: S310 - http to this machine
                    status = page.status
            except urllib.error.HTTPError as error:
                status = error.code
            except OSError:
                time.sleep(0.2)
                continue
            self._answer = (status, time.monotonic() - self._started)
            return

    def _greet(self, status: int, seconds: float) -> None:
        console.say()
        if status >= 500:
            words = f"The site answers with an error ({status}): {self._url}. The log above says why."
            console.say(console.paint(words, 31))
            return
        console.say(console.paint(f"DeltaCrown runs: {self._url}", 32) + f"  (after {seconds:.1f} s)")
        for login in self._logins:
            console.say(f"  {login['username']:<10} {login['password']:<22} {login['about']}")
        console.say("Ctrl-C ends everything.\n")

"""Starting a colour, looking whether it can serve, and switching to it."""

import time
from collections.abc import Callable

from deploy.deployer import asking, links
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import BEAT, COLOURS, WEB, WORKERS
from deploy.deployer.manage import manage
from deploy.deployer.steps import Run

STOP_SECONDS = 60.0
WARM_UPS = 3  # of each page, for each process
PAGES = ("/", "/accounts/login/", "/teams/")


def units_of(run: Run, colour: str) -> list[str]:
    return [run.site.unit(part, colour) for part in (*WEB, *WORKERS, BEAT)]


def free(run: Run) -> None:
    """Stop what still runs of the colour that does not serve, and give it to the release.

    A job that runs there is waited for, because its worker is of a release that nobody else can run it with.
    """
    for unit in units_of(run, run.colour):
        run.units.stop(unit, wait=0)
    for unit in units_of(run, run.colour):
        if not run.units.stop(unit, wait=STOP_SECONDS):
            raise DeployError(
                f"{unit} still ends a job of an earlier release (manage.py jobs shows it). Nothing was changed; run "
                "the same command again when it has ended."
            )
    run.claimed = True
    links.point(run.site.colour_link(run.colour), run.release)


def abandon(run: Run) -> None:
    """End what was started of a release that failed, unless visitors are on it."""
    if not run.claimed or run.site.live() == run.colour:
        return
    for unit in units_of(run, run.colour):
        run.units.stop(unit, wait=0)
    for unit in units_of(run, run.colour):
        run.units.stop(unit, wait=STOP_SECONDS)


def start_web(run: Run) -> None:
    for part in WEB:
        run.site.socket(run.colour, part).unlink(missing_ok=True)
        run.units.start(run.site.unit(part, run.colour))


def wait_for_web(run: Run) -> None:
    """Wait until pages and sockets of the new colour say that they are ready, and are of this release."""
    _wait(run, [run.site.unit(part, run.colour) for part in WEB], lambda: complaint(run))


def complaint(run: Run) -> str:
    for part in WEB:
        path = run.site.socket(run.colour, part)
        try:
            health, ready = asking.colour(run.site, path, "/healthz"), asking.colour(run.site, path, "/readyz")
        except DeployError as error:
            return f"{part}: {error}"
        commit = health.json().get("commit", "")
        if health.status != 200 or not commit or not run.commit.startswith(commit):
            return f"{part}: /healthz says {health.status} and release {commit or 'unknown'}, not {run.commit[:12]}."
        if ready.status != 200:
            return f"{part}: /readyz says {ready.status}: {_reasons(ready.json())}."
    return ""


def _reasons(told: dict[str, dict[str, dict[str, str]]]) -> str:
    checks = told.get("checks", {})
    return ", ".join(f"{name} {checks.get(name, {}).get('reason', '')}".strip() for name in told.get("failing", []))


def smoke_test(run: Run) -> None:
    """Warm up and look at what a visitor needs: the login page, its style sheet, a WebSocket."""
    web = run.site.socket(run.colour, "gunicorn")
    page = asking.Answer(0, {}, b"")
    for address in PAGES:
        for _ in range(WARM_UPS * run.site.web_workers):
            page = asking.colour(run.site, web, address)
            if page.status != 200:
                raise DeployError(f"{address} answers {page.status} in the new release.")
    login = asking.colour(run.site, web, "/accounts/login/")
    if b"<form" not in login.body or b'name="password"' not in login.body:
        raise DeployError("The login page of the new release has no form.")
    for address in asking.STATIC.findall(login.body):
        there = run.site.static / address.decode().removeprefix("/static/")
        if not there.is_file():
            raise DeployError(f"{address.decode()} is asked for by the login page and is not there.")
    code = asking.close_code(run.site, run.site.socket(run.colour, "daphne"))
    if code != asking.LOGIN_REQUIRED:
        raise DeployError(f"A WebSocket without a login is closed with {code} instead of {asking.LOGIN_REQUIRED}.")


def start_workers(run: Run) -> None:
    for part in (*WORKERS, BEAT):
        run.units.start(run.site.unit(part, run.colour))


def wait_for_workers(run: Run) -> None:
    """Wait until the workers and the beat of this colour themselves have reported to the database."""
    units = {run.site.unit(part, run.colour): "worker" for part in WORKERS}
    units[run.site.unit(BEAT, run.colour)] = "beat"

    def complaint() -> str:
        if missing := [unit for unit in units if not run.units.is_active(unit)]:
            return f"{missing[0]} does not run."
        named = [f"{kind}:{run.units.main_pid(unit)}" for unit, kind in units.items()]
        try:
            manage(run.site, run.release, "reported", *named, "--wait", "15")
        except DeployError as error:
            return str(error)
        return ""

    _wait(run, list(units), complaint)


def _wait(run: Run, units: list[str], complaint: Callable[[], str]) -> None:
    until = time.monotonic() + run.site.start_seconds
    while told := complaint():
        broken = [unit for unit in units if run.units.is_failing(unit)]
        if broken or time.monotonic() > until:
            unit = broken[0] if broken else units[0]
            raise DeployError(f"{told}\nThe last lines of {unit}:\n{run.units.last_lines(unit)}")
        time.sleep(0.5)


def is_switched(run: Run) -> bool:
    return run.site.live() == run.colour


def switch(run: Run) -> None:
    """Lead new requests and sockets to the new colour. What the old one has begun it ends."""
    links.point(run.site.live_link, run.site.run / run.colour)


def look_through_nginx(run: Run) -> None:
    """Ask as a visitor. When nginx does not show the new release, lead everybody back."""
    try:
        answer = asking.site_itself(run.site, "/healthz")
        commit = answer.json().get("commit", "")
        told = f"Through nginx /healthz says {answer.status} and release {commit or 'unknown'}."
        good = answer.status == 200 and bool(commit) and run.commit.startswith(commit)
    except DeployError as error:
        told, good = str(error), False
    if good:
        return
    if run.live_before:
        links.point(run.site.live_link, run.site.run / run.live_before)
    else:
        run.site.live_link.unlink()
    raise DeployError(told)


def retire(run: Run) -> None:
    """Call the old colour's open pages over, end its workers, and let its pages stand by or end too."""
    old = other(run.colour)
    if run.site.release_of(old) is None:
        return
    run.units.signal(run.site.unit("daphne", old), "USR1")
    for part in (BEAT, *WORKERS):
        run.units.stop(run.site.unit(part, old), wait=0)
    time.sleep(run.site.drain_seconds)
    if not run.site.standby:
        for part in WEB:
            run.units.stop(run.site.unit(part, old), wait=STOP_SECONDS)
    for unit in units_of(run, old):
        run.units.enable(unit, at_boot=False)
    for unit in units_of(run, run.colour):
        run.units.enable(unit, at_boot=True)
    busy = [part for part in WORKERS if not run.units.stop(run.site.unit(part, old), wait=5)]
    if busy:
        run.journal.say(f"{', '.join(busy)} of {old} still ends a job; it stops by itself after it")


def other(colour: str) -> str:
    return COLOURS[1] if colour == COLOURS[0] else COLOURS[0]

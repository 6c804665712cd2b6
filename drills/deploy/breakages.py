"""What can be wrong with a release, as changes of its files or of what is around it."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

import psycopg

from drills.deploy.ground import ROOT, Ground

Change = Callable[[str], str]
CRASH = '\nraise RuntimeError("this release is broken")\n'
MIGRATION = """from django.db import migrations, models


def act(apps, schema_editor):
    raise RuntimeError("this migration is broken")


class Migration(migrations.Migration):
    dependencies = [("core", "{last}")]
    operations = [{operation}]
"""


@dataclass(frozen=True)
class Breakage:
    """``says`` is what the deployer must say of it: a pattern."""

    name: str
    says: str
    changes: Mapping[str, Change] = field(default_factory=dict)
    around: Callable[[Ground], AbstractContextManager[object]] = lambda ground: nullcontext()


def appended(text: str) -> Change:
    return lambda before: before + text


def migration(operation: str) -> Mapping[str, Change]:
    last = max(path.stem for path in (ROOT / "apps/core/migrations").glob("0*.py"))
    return {"apps/core/migrations/9999_broken.py": lambda _: MIGRATION.format(last=last, operation=operation)}


def replaced(old: str, new: str) -> Change:
    def change(before: str) -> str:
        if old not in before:
            raise SystemExit(f"The drill would break nothing: {old!r} is not there.")
        return before.replace(old, new)

    return change


@contextmanager
def table_held(ground: Ground) -> Iterator[None]:
    """Somebody reads a table in a transaction that doesn't end."""
    variables = ground.variables()
    with psycopg.connect(
        host="127.0.0.1",
        port=variables["DB_PORT"],
        user=variables["DB_USER"],
        password=variables["DB_PASSWORD"],
        dbname=variables["DB_NAME"],
    ) as connection:
        connection.execute("SELECT count(*) FROM core_heartbeat")
        yield


@contextmanager
def wrong_variable(ground: Ground) -> Iterator[None]:
    path = ground.root / "etc/deltacrown/environment"
    before = path.read_text()
    path.write_text(before + "DEBUG=True\n")
    try:
        yield
    finally:
        path.write_text(before)


@contextmanager
def full_disk(ground: Ground) -> Iterator[None]:
    """A small disk in the place where releases lie, with the ones that are there shown through; the next fills it."""
    releases, small = ground.base / "releases", ground.folder / "small"
    small.mkdir()
    _mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small))
    for release in releases.iterdir():
        (small / release.name).mkdir()
        _mount("--bind", str(release), str(small / release.name))
    _mount("--rbind", str(small), str(releases))
    try:
        yield
    finally:
        for place in (releases, small):
            subprocess.run(["/usr/bin/umount", "--recursive", str(place)], check=True)  # noqa: S603 - our own words
        small.rmdir()


def _mount(*words: str) -> None:
    subprocess.run(["/usr/bin/mount", *words], check=True)  # noqa: S603 - our own words


@contextmanager
def another_deployer(ground: Ground) -> Iterator[None]:
    """Somebody holds the lock meanwhile."""
    code = (
        "import sys; from pathlib import Path; from deploy.deployer import lock\n"
        "with lock.held(Path(sys.argv[1]), 'release elsewhere'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", code, str(ground.base / "deploy.lock")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if holder.stdout is not None:
        holder.stdout.readline()
    try:
        yield
    finally:
        holder.kill()
        holder.wait()


LOGIN = "templates/account/login.html"
BREAKAGES = [
    Breakage("pages crash at import", "this release is broken", {"deltacrown/wsgi.py": appended(CRASH)}),
    Breakage("sockets crash at import", "this release is broken", {"deltacrown/asgi.py": appended(CRASH)}),
    Breakage("settings crash", "this release is broken", {"deltacrown/settings.py": appended(CRASH)}),
    Breakage(
        "bad health",
        "/readyz says 503",
        {
            "apps/core/views/health.py": replaced(
                "200 if found.ok else 503)\n\n\n@require_safe\ndef status", "503)\n\n\n@require_safe\ndef status"
            )
        },
    ),
    Breakage("failing migration", "this migration is broken", migration("migrations.RunPython(act)")),
    Breakage("slow migration", "statement timeout", migration('migrations.RunSQL("SELECT pg_sleep(600)")')),
    Breakage(
        "locking migration",
        "held by others",
        migration('migrations.RunSQL("ALTER TABLE core_heartbeat ADD COLUMN more text")'),
        table_held,
    ),
    Breakage(
        "migration that takes away",
        "migrations safe: core.9999_broken removes core.heartbeat.host",
        {
            **migration(
                'migrations.RemoveIndex("heartbeat", "core_heartbeat_kind"), '
                'migrations.RemoveField("heartbeat", "host")'
            ),
        },
    ),
    Breakage(
        "model without migration",
        "migrations written",
        {
            "apps/core/models/jobs.py": replaced(
                "    host = models.CharField(max_length=255)", "    host = models.CharField(max_length=254)"
            )
        },
    ),
    Breakage(
        "missing static file",
        "answers 500",
        {"templates/siteui/base.html": replaced("siteui/css/site.css", "siteui/css/gone.css")},
    ),
    Breakage("wrong variable", "DEBUG", {}, wrong_variable),
    Breakage(
        "worker crashes",
        "this release is broken",
        {
            "deltacrown/celery.py": appended(
                '\nimport sys\n\nif "worker" in sys.argv:\n    raise RuntimeError("this release is broken")\n'
            )
        },
    ),
    Breakage("full disk", "No space left|could not be written", {}, full_disk),
    Breakage("another deployer", "Somebody deploys already", {}, another_deployer),
]

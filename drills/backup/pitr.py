"""A table dropped while people write, and the database of the second before it, by pgBackRest on Debian."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drills.jobs.platform import ROOT

PROGRAMS = Path("/usr/lib/postgresql")
PORT = 5499
NAME = "drill"


def run(folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    found = sorted(PROGRAMS.glob("*/bin/postgres"))
    if not found or not shutil.which("pgbackrest") or os.geteuid() != 0:
        say("pitr: not run: it needs postgresql and pgbackrest of Debian, and root")
        return {"ok": True, "ran": False}
    command = [sys.executable, "-W", "ignore", "-m", "drills.backup.pitr", str(folder / "pitr"), str(found[-1].parent)]
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own words
    return {"ok": done.returncode == 0, "ran": True}


def as_postgres(*words: str, check: bool = True) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        words, user="postgres", group="postgres", extra_groups=[], cwd="/", capture_output=True, text=True, check=False
    )
    if check and done.returncode:
        raise SystemExit(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Cluster:
    """A server of Debian that archives its log with pgBackRest."""

    def __init__(self, folder: Path, programs: Path) -> None:
        folder.mkdir(mode=0o711)
        for name in ("sockets", "repository", "lock"):
            (folder / name).mkdir()
            shutil.chown(folder / name, "postgres", "postgres")
        self.folder, self.programs, self.data = folder, programs, folder / "sockets" / "data"
        self.config = folder / "pgbackrest.conf"
        as_postgres(
            str(programs / "initdb"), "-D", str(self.data), "-U", NAME, "--auth=trust", "-E", "UTF8", "--no-sync"
        )

    def start(self, settings: dict[str, str]) -> None:
        options = {"listen_addresses": "", "port": str(PORT), "unix_socket_directories": str(self.folder / "sockets")}
        words = " ".join(f"-c {name}='{value}'" for name, value in (options | settings).items())
        log = str(self.folder / "sockets" / "log")
        as_postgres(str(self.programs / "pg_ctl"), "-D", str(self.data), "-o", words, "-l", log, "-w", "start")

    def stop(self) -> None:
        as_postgres(str(self.programs / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "stop", check=False)

    def pgbackrest(self, *words: str) -> None:
        places = [f"--config={self.config}", "--stanza=deltacrown", f"--lock-path={self.folder / 'lock'}"]
        as_postgres("pgbackrest", *places, "--log-level-file=off", *words)


def drill(folder: Path, programs: Path) -> bool:
    cluster = Cluster(folder, programs)
    os.environ.update(
        {
            "ENVIRONMENT": "development",
            "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
            "DB_HOST": str(folder / "sockets"),
            "DB_PORT": str(PORT),
            "DB_USER": NAME,
            "DB_PASSWORD": "none",
            "DB_NAME": NAME,
            "REDIS_URL": "",
            "CELERY_BROKER_URL": "",
            "BACKUP_DIR": str(folder / "backups"),
            "MEDIA_ROOT": str(folder / "media"),
            "LOG_LEVEL": "ERROR",
        }
    )
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from apps.core.backups import pitr, restoring, servers, verifying

    settings.MAINTENANCE_FILE = folder / "maintenance"
    text = pitr.config(
        pg_path=cluster.data, repository=folder / "repository", port=PORT, socket=str(folder / "sockets")
    )
    cluster.config.write_text(text.replace("pg1-port", f"pg1-user={NAME}\npg1-database=postgres\npg1-port"))
    cluster.config.chmod(0o644)
    archive = pitr.server_settings(cluster.config)
    archive["archive_command"] += f" --lock-path={folder / 'lock'} --log-level-file=off"
    archive["archive_command"] = archive["archive_command"].replace(" archive-push %p", "") + " archive-push %p"
    try:
        cluster.start(archive)
        as_postgres(str(programs / "createdb"), "-h", str(folder / "sockets"), "-p", str(PORT), "-U", NAME, NAME)
        cluster.pgbackrest("stanza-create")
        call_command("migrate", verbosity=0)
        site = servers.live()
        with site.server.connect(site.name) as db:
            db.execute(
                "CREATE TABLE drill_precious (id bigserial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())"
            )
            db.execute("CREATE TABLE drill_other (id bigserial PRIMARY KEY)")
            db.execute("INSERT INTO drill_precious SELECT FROM generate_series(1, 1000)")
        cluster.pgbackrest("--type=full", "backup")
        moment, rows = _lose_a_table(site)
        began = time.monotonic()
        made = pitr.make_set(actor=None, to=moment, config_file=cluster.config)
        seconds = time.monotonic() - began
        verifying.verify(actor=None, name=made.id)
        found = made.manifest.database["tables"]["public.drill_precious"]["rows"]
        restoring.restore(actor=None, name=made.id)
        with site.server.connect(site.name) as db:
            live = (db.execute("SELECT count(*) FROM drill_precious").fetchone() or (0,))[0]
    finally:
        cluster.stop()
    good = found == rows == live
    sys.stdout.write(
        f"{'ok  ' if good else 'FAIL'} pitr: {rows} rows before the drop, {found} in the set, {live} live again; "
        f"the set of {moment:%T.%f} took {seconds:.1f} s\n"
    )
    return good


def _lose_a_table(site: Any) -> tuple[Any, int]:
    """Write, drop the table, go on writing. Returns a moment within the second before, and the rows at that moment."""
    done = threading.Event()

    def write(table: str) -> None:
        with site.server.connect(site.name) as db:
            while not done.is_set():
                db.execute(f"INSERT INTO {table} DEFAULT VALUES")
                done.wait(0.01)

    precious = threading.Thread(target=write, args=("drill_precious",))
    precious.start()
    time.sleep(3)
    done.set()
    precious.join()
    with site.server.connect(site.name) as db:
        rows = (db.execute("SELECT count(*) FROM drill_precious").fetchone() or (0,))[0]
        moment = (db.execute("SELECT clock_timestamp()").fetchone() or (None,))[0]
        time.sleep(0.5)
        db.execute("DROP TABLE drill_precious")
        db.execute("INSERT INTO drill_other DEFAULT VALUES")
        db.execute("SELECT pg_switch_wal()")
    return moment, rows


if __name__ == "__main__":
    sys.exit(0 if drill(Path(sys.argv[1]), Path(sys.argv[2])) else 1)

"""Loading a dump into an empty database and comparing what came out with the manifest."""

import re
from collections.abc import Collection
from pathlib import Path

from apps.core.backups import dumping, fingerprints, programs
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import Damaged
from apps.core.backups.manifest import Manifest
from apps.core.backups.programs import Programs
from apps.core.backups.servers import Server

# Indexes are built in memory, and nobody waits for the disk: the swap's own commit waits for all that was before it.
# The jobs of pg_restore share the processors already, so none starts workers of its own, nor compiles what runs once.
QUICKLY = "-c maintenance_work_mem=256MB -c synchronous_commit=off -c max_parallel_maintenance_workers=0 -c jit=off"


def load(
    configuration: Configuration,
    found: Programs,
    dump: Path,
    server: Server,
    database: str,
    *,
    grants: bool,
    without: Collection[str] = (),
) -> None:
    """Restore ``dump`` into ``database``. The first error ends it. Raises ``ProgramFailed``.

    Args:
        configuration: Where the log goes.
        found: The programs.
        dump: Its folder.
        server: Where to.
        database: An empty database there.
        grants: Whether who may do what is restored too; the roles must exist.
        without: Extensions that the role may not make; nothing of ours depends on them.
    """
    command = [
        found.path("pg_restore"),
        *("--format=directory", f"--jobs={dumping.JOBS}", "--exit-on-error", "--no-owner", "--no-password"),
        *([] if grants else ["--no-privileges"]),
        *([f"--use-list={_list(configuration, found, dump, without)}"] if without else []),
        f"--dbname={database}",
        str(dump),
    ]
    log = configuration.work / "pg_restore.log"
    environment = server.environment(database)
    environment["PGOPTIONS"] += f" {QUICKLY}"
    programs.run(command, environment=environment, what="pg_restore", log=log)


def _list(configuration: Configuration, found: Programs, dump: Path, without: Collection[str]) -> Path:
    """Write what pg_restore shall restore: everything but these extensions and what is said of them."""
    path = configuration.work / "restore.list"
    command = [found.path("pg_restore"), "--list", "--format=directory", str(dump)]
    programs.run(command, environment={}, what="pg_restore --list", log=path)
    barred = re.compile(rf"(EXTENSION - |EXTENSION )({'|'.join(map(re.escape, without))})\s")
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if not barred.search(line)))
    return path


def compare(page: Manifest, server: Server, database: str) -> None:
    """Raise ``Damaged`` unless tables, checksums and figures are those of the manifest."""
    if told := fingerprints.differences(page.fingerprint, fingerprints.take(server, database)):
        raise Damaged(f"{page.id} was restored aside and is not what was backed up: {_first(told)}")


def prove(page: Manifest, server: Server, database: str) -> None:
    """Raise ``Damaged`` when higher apps find their data wrong. It was so when the backup was made, if it compares."""
    if told := fingerprints.faults(server, database):
        raise Damaged(f"{page.id} is what was backed up, and that was wrong already: {_first(told)}")


def _first(told: list[str]) -> str:
    more = f" And {len(told) - 5} more." if len(told) > 5 else ""
    return " ".join(told[:5]) + more

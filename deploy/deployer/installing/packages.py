"""What a bare Debian lacks: packages, and the user whom the site runs as."""

import os
import pwd
import shutil
from pathlib import Path

from deploy.deployer import commands
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation

# By the program that shows that it is there.
PACKAGES = {
    "git": "git",
    "openssl": "openssl",
    "nginx": "nginx",
    "redis-server": "redis-server",
    "setpriv": "util-linux",
    "logrotate": "logrotate",
}
ALWAYS = ("python3-venv", "postgresql", "postgresql-contrib", "libnginx-mod-http-brotli-static", "ca-certificates")


def install() -> None:
    """Install what is missing with apt-get. Debian starts a Redis of its own, which nothing here uses."""
    if not shutil.which("apt-get"):
        raise DeployError("This is no Debian: install git, nginx, redis-server, postgresql and python3-venv by hand.")
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    commands.run(["apt-get", "update", "--quiet=2"], environment=quiet)
    words = ["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", *missing, *ALWAYS]
    commands.run(words, environment=quiet, timeout=1800)
    commands.run(["systemctl", "disable", "--now", "--quiet", "redis-server"])


def user(site: Installation) -> None:
    """Make the site's user: without a password, a shell and a home that anybody could enter."""
    try:
        pwd.getpwnam(site.user)
    except KeyError:
        words = ["useradd", "--system", "--home-dir", str(site.state), "--shell", "/usr/sbin/nologin", site.user]
        commands.run(words)


def postgresql_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL of this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((path for path in found if (path / "initdb").exists()), None)


def check_root(site: Installation) -> None:
    if site.supervisor == "systemd" and os.geteuid() != 0:
        raise DeployError("Installing a server needs root: sudo deploy/install …")
    if site.supervisor == "systemd" and not Path("/run/systemd/system").is_dir():
        raise DeployError("systemd is not process 1 here. Use --without-systemd, with --root for a folder of its own.")

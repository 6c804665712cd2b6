"""``deploy/install``: each step looks first whether it is done, so that running it again mends what is missing."""

import grp
import os
import pwd
import shutil
from argparse import ArgumentParser, Namespace
from pathlib import Path

from deploy.deployer import commands, links, source
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import COLOURS, Installation, from_values
from deploy.deployer.installing import backup_key, certificate, packages, postgresql, rendering, secrets_file, selftest
from deploy.deployer.installing.configuration import ports_of, settings_of, write_settings
from deploy.deployer.terminal import say
from deploy.deployer.units import Units, of

UNIT_TEMPLATES = "systemd"
TIMERS = ("backup", "backup-drill", "pgbackrest-full", "pgbackrest-incr")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", help="the name that people type, as in deltacrown.gg")
    parser.add_argument("--from", dest="repository", help="the git repository that releases come from; this checkout")
    parser.add_argument("--environment", choices=["production", "staging"], help="which of the two it is")
    parser.add_argument("--without-systemd", action="store_true", help="run services under a supervisor of our own")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a variable of the site")
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE", help="a line of deploy.toml")


def install(root: Path, name: str, options: Namespace) -> int:
    """Install, or bring an installation up to date. Returns 0 when the self-test passes."""
    site = from_values(settings_of(root, name, options), Path("deploy.toml"))
    packages.check_root(site)
    if site.supervisor == "systemd":
        say("→ packages and user")
        packages.install()
        packages.user(site)
    say("→ folders")
    make_folders(site)
    write_settings(site)
    variables, key = write_variables(site, dict(word.split("=", 1) for word in options.set))
    say(f"→ configuration in {site.etc}")
    told = write_configuration(site, variables)
    units = of(site)
    units.reload()
    say("→ PostgreSQL and two Redis")
    start_servers(site, units, variables, told)
    say("→ nginx")
    start_nginx(site, units)
    if site.supervisor == "systemd":
        say("→ timers of backups")
        timers = [f"{site.unit(part)}.timer" for part in TIMERS]
        commands.run(["systemctl", "enable", "--now", "--quiet", *timers])
    say(f"→ code from {site.repository}")
    source.mirror(site)
    say("→ self-test")
    failed = selftest.run(site, variables)
    if key is not None:
        say(f"\nCopy {key} and {site.environment_file} to a place away from this server: without them no backup opens.")
    return failed


def write_variables(site: Installation, given: dict[str, str]) -> tuple[dict[str, str], Path | None]:
    """Write what is missing of the variables. Returns all, and the backups' key when they name it only now."""
    named = backup_key.ensure(site, {**secrets_file.read(site.environment_file), **given})
    variables = secrets_file.ensure(site, ports=ports_of(site), given={**named, **given})
    _give(site, site.environment_file)
    if not named:
        return variables, None
    key = backup_key.path_of(site)
    _give(site, key)  # the weekly proof opens backups
    return variables, key


def make_folders(site: Installation) -> None:
    """Make every folder with its owner. The code belongs to root: the site can't change what it runs."""
    for folder in (site.base, site.releases, site.environments, site.static, site.deployments, site.etc):
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    (site.base / "colours").mkdir(exist_ok=True)
    own = (site.state, site.log, site.state / "media", site.state / "redis-broker", site.state / "redis-cache")
    for folder in (*own, site.state / "acme", site.state / "nginx"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        _give(site, folder)
    for folder in (site.run, *(site.run / colour for colour in COLOURS)):
        folder.mkdir(parents=True, exist_ok=True)
        _give(site, folder, group=site.web_group)
        folder.chmod(0o750 if folder == site.run else 0o2770)


def write_configuration(site: Installation, variables: dict[str, str]) -> dict[str, str]:
    """Write units, nginx, Redis, logrotate and tmpfiles. Returns what the templates were filled with."""
    programs = packages.postgresql_programs()
    told = rendering.values(site, variables, group=_group(site), postgres_bin=programs)
    folders = [UNIT_TEMPLATES, *(["own-units"] if site.supervisor == "own" else [])]
    for folder in folders:
        place = rendering.TEMPLATES / folder
        for template in sorted([*place.glob("*.service"), *place.glob("*.timer")]):
            unit = template.name.replace("deltacrown", site.name, 1)
            rendering.write(site.unit_files / unit, rendering.render(f"{folder}/{template.name}", told))
    for part in ("broker", "cache"):
        path = site.etc / f"redis-{part}.conf"
        rendering.write(path, rendering.render(f"redis/{part}.conf", told), mode=0o640)
        _give(site, path)
    rendering.write(site.etc / "nginx-proxy.conf", rendering.render("nginx/proxy.conf", told))
    rendering.write(site.etc / "unavailable.html", rendering.render("nginx/unavailable.html", told))
    rendering.write(
        site.root / "etc/tmpfiles.d" / f"{site.name}.conf", rendering.render("tmpfiles/deltacrown.conf", told)
    )
    logrotate = rendering.render("logrotate/deltacrown", told).replace("/var/log/deltacrown", str(site.log))
    rotated = logrotate.replace("su deltacrown deltacrown", f"su {site.user} {_group(site)}")
    rendering.write(site.root / "etc/logrotate.d" / site.name, rotated)
    return told


def start_servers(site: Installation, units: Units, variables: dict[str, str], told: dict[str, str]) -> None:
    settings = rendering.render("postgresql/deltacrown.conf", told)
    programs = packages.postgresql_programs()
    if site.supervisor == "own":
        if programs is None:
            raise DeployError("There is no PostgreSQL in /usr/lib/postgresql: apt-get install postgresql.")
        postgresql.make_cluster(site, programs, settings)
        units.start(site.unit("postgresql"))
    else:
        for folder in Path("/etc/postgresql").glob("*/main/conf.d"):
            if not rendering.write(folder / "deltacrown.conf", settings):
                continue
            if site.live():
                say("  ! PostgreSQL has new settings, which count after a restart of it: a moment without a site.")
            else:
                commands.run(["systemctl", "restart", "postgresql"])
    ask = postgresql.Psql(site, programs, variables["DB_PORT"])
    postgresql.wait(ask)
    postgresql.ensure_database(ask, variables)
    for part in ("broker", "cache"):
        units.start(site.unit("redis", part))
        units.enable(site.unit("redis", part), at_boot=True)


def start_nginx(site: Installation, units: Units) -> None:
    """Put the site in, and take it in only when nginx finds nothing wrong with it."""
    if certificate.ensure(site):
        say("  a self-signed certificate until certbot brings one (docs/deployment.md)")
    programs = packages.postgresql_programs()
    variables = secrets_file.read(site.environment_file)
    told = rendering.values(site, variables, group=_group(site), postgres_bin=programs)
    path = site.etc / "nginx-site.conf"
    before = path.read_text() if path.exists() else None
    changed = rendering.write(path, rendering.render("nginx/site.conf", told))
    if site.supervisor == "own":
        rendering.write(site.etc / "nginx.conf", rendering.render("nginx/nginx.conf", told))
        check = [shutil.which("nginx") or "/usr/sbin/nginx", "-t", "-q", "-c", str(site.etc / "nginx.conf")]
    else:
        links.point(Path("/etc/nginx/sites-enabled") / site.name, path)
        Path("/etc/nginx/sites-enabled/default").unlink(missing_ok=True)
        check = ["nginx", "-t", "-q"]
    try:
        commands.run(check)
    except DeployError:
        if before is not None:
            path.write_text(before)
        raise
    unit = site.unit("nginx") if site.supervisor == "own" else "nginx"
    if units.is_active(unit):
        if changed:
            units.signal(unit, "HUP")
    else:
        units.start(unit)


def _give(site: Installation, path: Path, *, group: str = "") -> None:
    """Make it the site's, when we are root and may."""
    if os.geteuid() == 0:
        os.chown(path, pwd.getpwnam(site.user).pw_uid, grp.getgrnam(group or _group(site)).gr_gid)


def _group(site: Installation) -> str:
    return grp.getgrgid(pwd.getpwnam(site.user).pw_gid).gr_name

"""The role, the database and its extensions; and in a folder tree of its own the server too."""

import os
import pwd
import secrets
import time
from pathlib import Path

from deploy.deployer import commands
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "pg_stat_statements")
PATIENCE = 30.0  # seconds


def make_cluster(site: Installation, programs: Path, settings: str) -> None:
    """Make the server's folder, once; a half-made one is made again."""
    data = site.state / "postgresql"
    if not (data / "ready").exists():
        commands.run(["rm", "-rf", data])
        data.mkdir(mode=0o700)
        password = site.state / "postgresql.password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(24))
        for path in (data, password):
            _give(path)
        words = ["--auth-host=scram-sha-256", "--auth-local=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        commands.run(
            [programs / "initdb", "-D", data, "-U", "postgres", f"--pwfile={password}", *words],
            user=server_user(site),
            folder=Path("/"),
        )
        (data / "ready").touch()
    configuration = data / "postgresql.conf"
    text = configuration.read_text()
    if "conf.d" not in text.rsplit("#", 1)[-1]:
        configuration.write_text(f"{text}\n# deploy/install writes there.\ninclude_dir = 'conf.d'\n")
    (data / "conf.d").mkdir(exist_ok=True)
    (data / "conf.d" / "deltacrown.conf").write_text(settings)
    for path in (data / "conf.d", data / "conf.d" / "deltacrown.conf"):
        _give(path)


def server_user(site: Installation) -> str:
    return "postgres" if os.geteuid() == 0 else site.user


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        os.chown(path, entry.pw_uid, entry.pw_gid)


def wait(ask: "Psql") -> None:
    """Wait until the server answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            ask("SELECT 1")
        except DeployError as error:
            if time.monotonic() > until:
                raise DeployError(f"PostgreSQL does not answer: {error}") from None
            time.sleep(0.2)
        else:
            return


class Psql:
    """Asks the server as its superuser, over its socket."""

    def __init__(self, site: Installation, programs: Path | None, port: str) -> None:
        program = str(programs / "psql") if programs else "psql"
        own = ["-h", str(site.state / "postgresql"), "-U", "postgres"] if site.supervisor == "own" else []
        self.words = [program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-p", port, *own]
        self.user = server_user(site)

    def __call__(self, sql: str, *, database: str = "postgres") -> str:
        return commands.run([*self.words, "-d", database, "-c", sql], user=self.user, folder=Path("/")).strip()


def ensure_database(ask: Psql, variables: dict[str, str]) -> None:
    """Make role, database and extensions when they are missing; set the password to the one of the variables."""
    name, role, password = variables["DB_NAME"], variables["DB_USER"], variables["DB_PASSWORD"]
    for word in (name, role):
        if not word.replace("_", "").isalnum():
            raise DeployError(f"{word} is not a name for a database or a role: letters, digits and underscores.")
    if not password.isalnum():
        raise DeployError("DB_PASSWORD: deploy/install sets passwords of letters and digits only.")
    verb = "ALTER" if ask(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'") else "CREATE"  # noqa: S608 - checked above
    ask(f"{verb} ROLE {role} LOGIN CREATEDB PASSWORD '{password}'")  # a restore is made beside
    if not ask(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 - checked above
        ask(f"CREATE DATABASE {name} OWNER {role} TEMPLATE template0 ENCODING 'UTF8'")
    for extension in EXTENSIONS:
        ask(f"CREATE EXTENSION IF NOT EXISTS {extension}", database=name)
    # pg_stat_statements hides the statements of others without it.
    ask(f"GRANT pg_read_all_stats TO {role}")

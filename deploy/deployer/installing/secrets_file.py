"""The installation's variables: made once with secrets of its own, and never changed by a later install."""

import os
import secrets
from pathlib import Path

from deploy.deployer.installation import Installation

HEAD = """# The variables of this installation (docs/configuration.md). Comments stand on lines of their own.
# Keep a copy of this file where the server is not: backups are sealed with what stands in it.
"""


def read(path: Path) -> dict[str, str]:
    """Return the variables of the file; none when it is missing."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def ensure(site: Installation, *, ports: dict[str, int], given: dict[str, str]) -> dict[str, str]:
    """Add what is missing and return all. What stands there stays as it is."""
    have = read(site.environment_file)
    wanted = {**_wanted(site, ports, have), **given}
    missing = {name: value for name, value in wanted.items() if not have.get(name)}
    if missing:
        _append(site.environment_file, missing)
    return {**have, **missing}


def _wanted(site: Installation, ports: dict[str, int], have: dict[str, str]) -> dict[str, str]:
    cache, broker = secrets.token_hex(24), secrets.token_hex(24)
    port = "" if site.https_port == 443 else f":{site.https_port}"
    return {
        "ENVIRONMENT": site.environment,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": site.host,
        "SITE_URL": f"https://{site.host}{port}",
        "DB_NAME": site.name.replace("-", "_"),
        "DB_USER": site.name.replace("-", "_"),
        "DB_PASSWORD": secrets.token_hex(24),
        "DB_HOST": "127.0.0.1",
        "DB_PORT": str(ports["postgresql"]),
        "REDIS_URL": f"redis://:{cache}@127.0.0.1:{ports['cache']}/0",
        "CELERY_BROKER_URL": f"redis://:{broker}@127.0.0.1:{ports['broker']}/0",
        "EMAIL_HOST": have.get("EMAIL_HOST", "localhost"),
        "MEDIA_ROOT": str(site.state / "media"),
        "LOG_DIR": str(site.log),
        "METRICS_TOKEN": secrets.token_urlsafe(32),  # past nginx only who sends it reads /metrics
    }


def _append(path: Path, missing: dict[str, str]) -> None:
    """Write a whole new file and put it in the place of the old one, readable by root and the site only."""
    text = path.read_text() if path.exists() else HEAD
    owner = (path.stat().st_uid, path.stat().st_gid) if path.exists() else None
    text += "".join(f"{name}={value}\n" for name, value in missing.items())
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if owner:
        os.chown(draft, *owner)
    draft.replace(path)

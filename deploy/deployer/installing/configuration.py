"""What stands in ``deploy.toml``: what was said at an earlier install, and what is said now."""

import getpass
import grp
import json
import os
import socket
import tomllib
from argparse import Namespace
from dataclasses import fields
from pathlib import Path
from typing import Any

from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.installing import rendering, secrets_file

CHECKOUT = Path(__file__).resolve().parents[3]
# Staging beside production keeps out of its way.
REDIS_PORTS = {"production": {"broker": 6380, "cache": 6381}, "staging": {"broker": 6390, "cache": 6391}}


def settings_of(root: Path, name: str, options: Namespace) -> dict[str, Any]:
    """Return the settings of the installation: defaults, then ``deploy.toml``, then the command line."""
    path = Installation(name=name, root=root).config
    before = tomllib.loads(path.read_text()) if path.exists() else {}
    given: dict[str, Any] = {"repository": str(CHECKOUT), **before, "root": root, "name": name}
    if options.without_systemd or (root != Path("/") and "supervisor" not in before):
        me = getpass.getuser() if os.geteuid() else "root"
        given |= {"supervisor": "own", "user": me, "web_group": _own_group()}
    for key in ("host", "repository", "environment"):
        if value := getattr(options, key):
            given[key] = value
    for word in options.setting:
        key, _, text = word.partition("=")
        try:
            given[key] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            given[key] = text
    if "host" not in given:
        raise DeployError("Say under which name people reach the site: deploy/install --host deltacrown.gg")
    return given


def write_settings(site: Installation) -> None:
    lines = ["# The settings of this installation (docs/deployment.md). Run deploy/install after a change."]
    default = Installation()
    for field in fields(Installation):
        value = getattr(site, field.name)
        if field.name in {"root", "name"} or value == getattr(default, field.name):
            continue
        lines.append(f"{field.name} = {json.dumps(value)}")
    rendering.write(site.config, "\n".join(lines) + "\n")


def ports_of(site: Installation) -> dict[str, int]:
    """Return the ports of the servers: fixed ones on a server, those of an earlier install, else free ones."""
    if site.supervisor == "systemd":
        return {"postgresql": 5432, **REDIS_PORTS[site.environment]}
    if secrets_file.read(site.environment_file):
        return {"postgresql": 0, "broker": 0, "cache": 0}  # what stands in the file stays
    return {"postgresql": free_port(), "broker": free_port(), "cache": free_port()}


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _own_group() -> str:
    return grp.getgrgid(os.getegid()).gr_name

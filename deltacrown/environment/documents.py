"""``.env.example``, the table in ``docs/configuration.md`` and the report of what is in force, from the variables."""

import re
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from deltacrown.environment.variables import GROUPS, Environment

TABLE_START = "<!-- variables: written by `make env-docs` -->"
TABLE_END = "<!-- end of variables -->"
SHOWN_SECRET = "(set)"  # noqa: S105 - stands in the place of a secret
PASSWORD_IN_URL = re.compile(r"//[^/@]*@")


def _group(field: FieldInfo) -> str:
    return str(_extra(field)["group"])


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _default(field: FieldInfo) -> str:
    note, default = _extra(field)["note"], field.default
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    if isinstance(value, tuple):
        value = ",".join(value)
    return str(note or ("" if value is None else value))


def env_example() -> str:
    """Return ``.env.example``: every variable, commented out, so that a copy changes nothing until somebody decides."""
    lines = [
        "# Variables of DeltaCrown. Copy to .env and take the # away from what you set.",
        "# Development needs none of them. Values reach to the end of the line: no comments behind them.",
    ]
    for group in GROUPS:
        lines += ["", f"# --- {group}"]
        for name, field in Environment.model_fields.items():
            if _group(field) == group:
                default = _default(field)
                lines += ["", f"# {field.description}" + (f" Default: {default}." if default else "")]
                lines += [f"#{name}={(field.examples or [''])[0]}"]
    return "\n".join(lines) + "\n"


def table() -> str:
    """Return the Markdown tables of all variables, between the two marks."""
    lines = [TABLE_START]
    for group in GROUPS:
        lines += ["", f"### {group}", "", "| variable | what it is | default | example |", "|---|---|---|---|"]
        for name, field in Environment.model_fields.items():
            if _group(field) == group:
                cells = [f"`{name}`", field.description or "", _default(field), (field.examples or [""])[0]]
                if cells[3]:
                    cells[3] = f"`{cells[3]}`"
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, "", TABLE_END])


def with_table(page: str) -> str:
    """Return ``page`` with its table of variables renewed."""
    before, rest = page.split(TABLE_START, 1)
    return before + table() + rest.split(TABLE_END, 1)[1]


def report(env: Environment) -> str:
    """Return one line per variable; secrets only say whether they are set."""
    lines = []
    for name in Environment.model_fields:
        value = getattr(env, name)
        if isinstance(value, SecretStr) or name == "SECRET_KEY_FALLBACKS":
            value = SHOWN_SECRET if (value.get_secret_value() if isinstance(value, SecretStr) else value) else ""
        elif name.endswith("_URL"):
            value = PASSWORD_IN_URL.sub(f"//{SHOWN_SECRET}@", value)
        lines.append(f"{name:<24} {','.join(value) if isinstance(value, tuple) else value}".rstrip())
    return "\n".join(lines)


def in_clear(env: Environment) -> str:
    """Return a ``.env`` file of every variable that is not at its default, with secrets, for encrypted backups."""
    lines = []
    for name, field in Environment.model_fields.items():
        value = getattr(env, name)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if value != field.default and plain not in ("", None):
            lines.append(f"{name}={','.join(plain) if isinstance(plain, tuple) else plain}")
    return "\n".join(lines) + "\n"

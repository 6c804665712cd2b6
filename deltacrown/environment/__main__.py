"""``python -m deltacrown.environment check | secret | docs``: works also where the environment is wrong."""

import argparse
import secrets
import sys
from pathlib import Path

from deltacrown.environment import BASE_DIR, load_or_exit
from deltacrown.environment.documents import env_example, report, with_table


def say(line: str) -> None:
    """Write one line to the output."""
    sys.stdout.write(f"{line}\n")


def write_docs(*, only_check: bool) -> list[Path]:
    """Renew the generated documents. Return those that were out of date; with ``only_check`` leave them so."""
    page = BASE_DIR / "docs" / "configuration.md"
    wanted = {BASE_DIR / ".env.example": env_example(), page: with_table(page.read_text())}
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text() != text]
    if not only_check:
        for path in stale:
            path.write_text(wanted[path])
    return stale


def main() -> int:
    """Run one of the three commands. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deltacrown.environment", description=__doc__)
    parser.add_argument("command", choices=["check", "secret", "docs"])
    parser.add_argument("--check", action="store_true", help="docs: only say whether they are up to date")
    options = parser.parse_args()
    if options.command == "secret":
        say(secrets.token_urlsafe(64))
        return 0
    if options.command == "check":
        say(report(load_or_exit()))
        return 0
    stale = write_docs(only_check=options.check)
    for path in stale:
        say(f"{path.relative_to(BASE_DIR)} {'is out of date: run `make env-docs`' if options.check else 'renewed'}")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())

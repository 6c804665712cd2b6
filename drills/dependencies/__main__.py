"""``python -m drills.dependencies [--only cache,s3] [--docs]``: prints the table, exits 1 when a promise was broken."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from drills.dependencies.promises import PROMISED, STORED
from drills.dependencies.proxy import FAULTS
from drills.dependencies.site import Site
from drills.jobs.platform import ROOT, wait_until

PAGE = ROOT / "docs" / "dependencies.md"
BEGIN, END = "<!-- measured: python -m drills.dependencies --docs -->", "<!-- end of what was measured -->"


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the drill's output


def main() -> int:
    parser = argparse.ArgumentParser(prog="drills.dependencies", description=__doc__)
    parser.add_argument("--only", default="", help="some of the dependencies, comma separated")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "drills" / "dependencies.json")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/dependencies.md")
    parser.add_argument("--keep-logs", action="store_true", help="leave the folder with all logs")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="deltacrown-drill-"))
    folder.chmod(0o711)
    say(f"Starting PostgreSQL, two Redis, SMTP, S3 and Discord in {folder} …")
    site = Site(folder)
    try:
        cells = _run(site, options.only.split(",") if options.only else [])
    finally:
        site.close()
        if options.keep_logs:
            say(f"Logs are in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    say(_table(cells))
    known = _beside_earlier(options.json, cells)
    if options.docs:
        _write(_table(known))
    kept = sum(bool(cell["ok"]) for cell in cells)
    slowest = max(float(str(cell["slowest"])) for cell in cells)
    say(f"\n{kept} of {len(cells)} faults as promised; slowest request {slowest:.1f} s.")
    return 0 if kept == len(cells) else 1


def _run(site: Site, only: list[str]) -> list[dict[str, object]]:
    os.environ.update(site.environment)
    import django
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connections
    from django.test import Client

    django.setup()
    connections.settings["default"]["OPTIONS"].pop("pool")
    # The drill looks past its own line: what it counts must not depend on the fault.
    connections.settings["default"]["PORT"] = site.platform.postgresql.port
    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_user("visitor", email="visitor@example.com", password=os.urandom(8).hex())
    client = Client()
    client.force_login(user)
    site.cookie = f"sessionid={client.cookies['sessionid'].value}"
    site.start()

    import drills.dependencies.tasks  # noqa: F401 - registers the tasks here too
    from drills.dependencies.measuring import measure

    wait_until("the site answers", lambda: site.page()[0] == 200)
    # What would be refused anyway proves nothing of a fault.
    wait_until("an upload is stored", lambda: site.upload(site.prepare("/me/pictures/", site.cookie))[0] in STORED)
    cells = []
    for dependency in only or site.lines:
        for fault in FAULTS:
            cell = measure(site, dependency, fault)
            cells.append(cell.as_json())
            told = ", ".join(cell.wrong) or "as promised"
            say(
                f"{'ok  ' if cell.ok else 'FAIL'} {dependency:<11} {fault:<10} {cell.slowest:4.1f} s  "
                f"{cell.statuses}  {told}"
            )
    return cells


def _beside_earlier(path: Path, cells: list[dict[str, object]]) -> list[dict[str, object]]:
    """Keep the cells beside those of earlier portions, which ``--only`` left out now, and return all in their order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    earlier = json.loads(path.read_text()) if path.exists() else []
    known = {(cell["dependency"], cell["fault"]): cell for cell in [*earlier, *cells]}
    ordered = [known[key] for key in ((name, fault) for name in PROMISED for fault in FAULTS) if key in known]
    path.write_text(json.dumps(ordered, indent=1) + "\n")
    return ordered


def _table(cells: list[dict[str, object]]) -> str:
    lines = [
        "| | | page | form | upload | slowest | not ready after | back after | its job | |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for cell in cells:
        statuses: dict[str, list[int]] = cell["statuses"]  # type: ignore[assignment]  # as it was put in
        shown = [
            ", ".join(str(each) for each in sorted(set(statuses.get(what, [])))) for what in ("page", "form", "upload")
        ]
        wrong = cell["wrong"]
        lines.append(
            f"| {cell['dependency']} | {cell['fault']} | {' | '.join(shown)} | {cell['slowest']:.1f} s "
            f"| {_seconds(cell['red_after'])} | {_seconds(cell['recovered_after'])} | {cell['effect'] or '–'} "
            f"| {'as promised' if not wrong else '; '.join(wrong)} |"  # type: ignore[arg-type]  # a list of sentences
        )
    return "\n".join(lines)


def _seconds(value: object) -> str:
    return "–" if value is None else f"{float(str(value)):.1f} s"


def _write(table: str) -> None:
    text = PAGE.read_text()
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{tail}")


if __name__ == "__main__":
    sys.exit(main())

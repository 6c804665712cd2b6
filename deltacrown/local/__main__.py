"""The commands behind the Makefile: ``python -m deltacrown.local run|servers|stop|reset|check``."""

import argparse
import shutil
import sys

from deltacrown.local import check, console, run
from deltacrown.local.state import State


def main() -> int:
    """Do what the command line says and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deltacrown.local")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run").add_argument("--port", type=int, default=8000)
    commands.add_parser("servers")
    commands.add_parser("stop")
    commands.add_parser("reset").add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("check")
    options = parser.parse_args()
    if options.command == "check":
        return min(check.check(check.STEPS), 1)
    if options.command == "run":
        return run.run(options.port)
    if options.command == "servers":
        return run.run_servers()
    try:
        if options.command == "stop":
            console.say(run.stop())
            return 0
        return reset(State(), sure=options.yes)
    except run.CannotStartError as error:
        console.say(str(error))
        return 1


def reset(state: State, *, sure: bool = False) -> int:
    """Show what is in ``var``, ask, and delete it."""
    if not state.var.exists():
        console.say(f"There is nothing to delete: {state.var} does not exist.")
        return 0
    if pid := state.supervisor():
        console.say(f"DeltaCrown runs (process {pid}). `make stop` first.")
        return 1
    console.say(f"This deletes {state.var}: databases, uploads, mails and logs of this checkout.")
    for path in sorted(state.var.iterdir()):
        size = sum(file.lstat().st_size for file in ([path] if path.is_file() else path.rglob("*")))
        console.say(f"  {path.name + ('/' if path.is_dir() else ''):<22} {size / 1_000_000:8.1f} MB")
    if not sure:
        if not sys.stdin.isatty():
            console.say("Nobody can be asked here. `make reset YES=1` deletes without asking.")
            return 1
        if input("Delete it? Write yes: ").strip().lower() != "yes":
            console.say("Nothing was deleted.")
            return 1
    run.stop(state)
    shutil.rmtree(state.var)
    console.say("Deleted. `make run` starts afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m drills.backup.killed STEP before|during|after SET``: a restore that kills itself with -9 at a step."""

import importlib
import os
import signal
import sys
import threading
from typing import Any, NoReturn

DURING = 0.15  # seconds into the step


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


def main(step: str, moment: str, set_id: str) -> None:
    import django

    django.setup()
    from django.conf import settings

    from apps.core.backups import restoring

    settings.MAINTENANCE_FILE = os.environ["DRILL_MAINTENANCE_FILE"]
    module_name, _, name = step.partition(".")
    module = importlib.import_module(f"apps.core.backups.{module_name}")
    real = getattr(module, name)

    def doomed(*args: Any, **kwargs: Any) -> Any:
        if moment == "before":
            _die()
        if moment == "during":
            threading.Timer(DURING, _die).start()
        result = real(*args, **kwargs)
        if moment == "after":
            _die()
        return result

    setattr(module, name, doomed)
    restoring.restore(actor=None, name=set_id)


if __name__ == "__main__":
    main(*sys.argv[1:4])

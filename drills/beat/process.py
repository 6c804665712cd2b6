"""One beat in a process of its own."""

import os
from datetime import UTC, datetime
from typing import Any


def set_up(environment: dict[str, str]) -> None:
    """Configure Django in this process: jobs are written, and no broker is there to send them to."""
    os.environ.update(environment)
    import django
    from django.conf import settings
    from django.db import connections

    django.setup()
    settings.JOBS_INLINE = False
    connections.settings["default"]["OPTIONS"].pop("pool", None)


def live(environment: dict[str, str], number: int, clock: Any, gate: Any) -> None:
    """Be one beat: at each moment that the drill sets, look what is due."""
    set_up(environment)
    from drills.beat import simulation

    while True:
        gate.wait()
        if clock.value < 0:
            return
        simulation.beat(datetime.fromtimestamp(clock.value, UTC) + number * simulation.SKEW)
        gate.wait()

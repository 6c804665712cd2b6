"""Disks and processes of this machine."""

from typing import Any

from apps.core.deadlines import Question, ask
from apps.core.metrics import snapshot
from apps.core.operations import forecasts
from apps.core.operations.sections import Section
from apps.corelib.units import BYTES, SHARE, duration, written

FULL, LONG_DAYS = 0.9, 365.0

_forecast = Question("the forecast of the disks", forecasts.full_in_days)


def content() -> dict[str, Any]:
    now = snapshot.take()
    (forecast,) = ask([_forecast], seconds=1.0)
    free = now.by("deltacrown_system_disk_free_bytes", "place")
    disks = []
    for place, size in sorted(now.by("deltacrown_system_disk_bytes", "place").items()):
        used = 1 - free[place] / size if size else 0.0
        disks.append(
            {
                "place": place,
                "used": written(used, SHARE),
                "bar": round(used * 100, 1),
                "free": written(free[place], BYTES),
                "size": written(size, BYTES),
                "bad": used > FULL,
                "forecast": _in_words((forecast.value or {}).get(place), known=forecast.value is not None),
            }
        )
    processes = now.by("deltacrown_processes", "process")
    memory = now.by("deltacrown_process_resident_bytes", "process")
    return {
        "disks": disks,
        "processes": [
            {"kind": kind, "number": round(number), "memory": written(memory.get(kind, 0.0), BYTES)}
            for kind, number in sorted(processes.items())
        ],
    }


def _in_words(days: float | None, *, known: bool) -> str:
    if not known:
        return "not known yet"
    if days is None or days > LONG_DAYS:
        return "does not fill up"
    return f"full in {round(days)} days" if days >= 2 else f"full in {duration(days * 86400)}"


SECTION = Section("machine", "Disks and processes", 40, "core/operations/machine.html", content, database=False)

"""Memory runs out: who has it, whether the kernel has killed somebody, and who may be replaced."""

from functools import partial
from pathlib import Path

import psutil

from apps.core.runbooks import machine
from apps.core.runbooks.books.high_cpu import recycle
from apps.core.runbooks.diagnosis import Diagnosis, Look, Remedy, Runbook

FREE = 10  # per cent
GROWN = 600 * 1024**2  # bytes of one web process; a worker's ends by itself at its own limit
SHOWN = 5


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Name the largest processes, and propose to replace web processes of ours that have grown."""
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    free = 100 * memory.available / memory.total
    diagnosis.evidence.update(memory=memory._asdict(), swap=swap._asdict(), killed=_killed())
    short = not diagnosis.judge(
        free >= FREE,
        f"{machine.megabytes(memory.available)} of {machine.megabytes(memory.total)} are free "
        f"({free:.0f} %; below {FREE} % is too little).",
    )
    if swap.total and swap.percent > 80:
        diagnosis.note(f"{swap.percent:.0f} % of the swap is used.")
    if killed := _killed():
        diagnosis.note(f"The kernel has killed {killed} processes for want of memory since it started: journalctl -k")
    if not short and not look.deep:
        return
    members = sorted(machine.members(), key=lambda each: -each.memory)
    diagnosis.evidence["processes"] = members[:20]
    for each in members[:SHOWN]:
        diagnosis.note(f"The {each.kind} process {each.pid} has {machine.megabytes(each.memory)}.")
    for each in members:
        if each.kind == "web" and not each.head and each.memory >= GROWN:
            diagnosis.wrong(f"Web process {each.pid} has grown to {machine.megabytes(each.memory)}.")
            diagnosis.remedies.append(
                Remedy(
                    f"Let web process {each.pid} finish its requests and end; its master starts a fresh one.",
                    "It takes no new request and finishes those that it has.",
                    "Nothing has to be undone: the fresh process serves.",
                    partial(recycle, each.pid),
                )
            )
    if short:
        diagnosis.advise("When it is none of ours: ps aux --sort=-rss | head. Do not restart PostgreSQL for its cache.")


def _killed() -> int:
    """Return how many processes the kernel has killed for memory; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


RUNBOOK = Runbook("high-memory", "Memory runs out", look, alerts=("HighMemory",), settle=45.0)

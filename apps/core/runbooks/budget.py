"""How many connections this machine's processes may open at most, against what PostgreSQL allows."""

from dataclasses import dataclass

from django.conf import settings

from apps.core.runbooks import machine

# A worker's process keeps one for its job and one that renews the job's lease; its main process and a beat one each.
PER_WORKER_PROCESS = 2
PER_MAIN_PROCESS = 1
# Backups, a release beside the running one, and a person with psql.
SPARE = 5


@dataclass(frozen=True)
class Budget:
    most: int
    allowed: int
    sentence: str

    @property
    def fits(self) -> bool:
        return self.most + SPARE <= self.allowed


def told(allowed: int) -> Budget:
    """Add up the most that the running processes may take, and compare it with ``allowed``."""
    counted = {"web": 0, "sockets": 0, "worker": 0, "main": 0}
    for member in machine.members():
        if member.kind in {"web", "sockets"}:
            # Gunicorn's master serves nobody; Daphne serves itself.
            counted[member.kind] += 0 if member.kind == "web" and member.head else 1
        else:
            counted["main" if member.head or member.kind == "beat" else "worker"] += 1
    most = (
        (counted["web"] + counted["sockets"]) * settings.DB_POOL_SIZE
        + counted["worker"] * PER_WORKER_PROCESS
        + counted["main"] * PER_MAIN_PROCESS
    )
    serving = counted["web"] + counted["sockets"]
    sentence = (
        f"{serving} serving processes × DB_POOL_SIZE {settings.DB_POOL_SIZE}, {counted['worker']} of workers × "
        f"{PER_WORKER_PROCESS} and {counted['main']} more may take {most} connections; PostgreSQL allows {allowed}, "
        f"of which {SPARE} should stay free."
    )
    return Budget(most, allowed, sentence)

"""What a process says of itself every few seconds: that it lives, how big it is, how its connections are used."""

import threading

import psutil
from django.db import connections

from apps.core.metrics import counted, counting

EVERY = 5.0  # seconds


def beat() -> None:
    """Say it now."""
    kind = counting.kind()
    if not kind:
        return
    counted.PROCESSES.put(kind, number=1)
    counted.RESIDENT.put(kind, number=psutil.Process().memory_info().rss)
    pool = getattr(connections["default"], "pool", None)
    if pool is not None:
        told = pool.get_stats()
        idle = told.get("pool_available", 0)
        counted.POOL.put("used", number=told.get("pool_size", 0) - idle)
        counted.POOL.put("idle", number=idle)
        counted.POOL.put("most", number=told.get("pool_max", 0))
        counted.POOL_WAITING.put(number=told.get("requests_waiting", 0))


def start(kind: str) -> None:
    """Count in this server, and say how it is from a thread. Called where a server loads the application."""
    counting.start(kind)
    threading.Thread(target=_go_on, name="metrics-pulse", daemon=True).start()


def _go_on() -> None:
    pause = threading.Event()
    while counting.kind():
        beat()
        pause.wait(EVERY)

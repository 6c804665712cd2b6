"""The machine: processor, memory, disks, network."""

import os
import tempfile
from pathlib import Path

import psutil
from django.conf import settings

from apps.core.metrics.sources import Family, Source, Values

CPU = Family("deltacrown_system_cpu_seconds_total", "Time of all processors by what they did.", ("mode",), counter=True)
CPUS = Family("deltacrown_system_cpus", "Processors.")
LOAD = Family("deltacrown_system_load", "Processes that run or want to, mean of the last minute.")
MEMORY_TOTAL = Family("deltacrown_system_memory_bytes", "Memory of the machine.")
MEMORY_FREE = Family("deltacrown_system_memory_available_bytes", "Memory that could be had without swapping.")
SWAP_USED = Family("deltacrown_system_swap_used_bytes", "Memory that was moved to disk.")
NETWORK = Family(
    "deltacrown_system_network_bytes_total", "Bytes over all cards but loopback.", ("direction",), counter=True
)
DISK_SIZE = Family("deltacrown_system_disk_bytes", "Size of the disks that the platform writes to.", ("place",))
DISK_FREE = Family("deltacrown_system_disk_free_bytes", "What the platform may still write there.", ("place",))
MODES = ("user", "nice", "system", "irq", "softirq", "iowait", "steal", "idle")


def machine() -> Values:
    times, memory = psutil.cpu_times(), psutil.virtual_memory()
    cards = [card for name, card in psutil.net_io_counters(pernic=True).items() if name != "lo"]
    return {
        CPU.name: {mode: getattr(times, mode, 0.0) for mode in MODES},
        CPUS.name: psutil.cpu_count() or 1,
        LOAD.name: os.getloadavg()[0],
        MEMORY_TOTAL.name: memory.total,
        MEMORY_FREE.name: memory.available,
        SWAP_USED.name: psutil.swap_memory().used,
        NETWORK.name: {
            "received": sum(card.bytes_recv for card in cards),
            "sent": sum(card.bytes_sent for card in cards),
        },
    }


def disks() -> Values:
    found = {place: os.statvfs(folder) for place, folder in places().items()}
    return {
        DISK_SIZE.name: {place: disk.f_blocks * disk.f_frsize for place, disk in found.items()},
        DISK_FREE.name: {place: disk.f_bavail * disk.f_frsize for place, disk in found.items()},
    }


def places() -> dict[str, Path]:
    """Return one folder on each disk that is written to, under the name of the first use that it has."""
    uses = {
        "site": Path(settings.BASE_DIR),
        "uploads": Path(settings.MEDIA_ROOT),
        "logs": Path(settings.LOG_DIR or settings.BASE_DIR),
        "temporary": Path(tempfile.gettempdir()),
    }
    disks: dict[int, str] = {}
    for place, folder in uses.items():
        if folder.exists():
            disks.setdefault(folder.stat().st_dev, place)
    return {place: uses[place] for place in disks.values()}


SOURCES = (
    Source(
        "machine",
        (CPU, CPUS, LOAD, MEMORY_TOTAL, MEMORY_FREE, SWAP_USED, NETWORK),
        machine,
        fresh_for=0,
        database=False,
    ),
    Source("disks", (DISK_SIZE, DISK_FREE), disks, database=False),
)

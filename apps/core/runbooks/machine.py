"""The site's processes on this machine, and what a busy one is doing."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings

_PROGRAMS = {"gunicorn": "web", "daphne": "sockets", "celery": "worker"}
SAMPLES = 4
SAMPLE_SECONDS = 15
_JOB_THREAD = re.compile(r"lease-of-job-(\d+)")
_REQUEST_THREAD = re.compile(r'"request ([^"]+)"')
_FRAME = re.compile(r"^\s+(\S+) \((.+?):(\d+)\)$", re.MULTILINE)
_ACTIVE = re.compile(r"^Thread [^\n]*\(active[^\n]*\n((?:\s+[^\n]+\n?)+)", re.MULTILINE)


@dataclass(frozen=True)
class Member:
    """One process of the site. ``kind`` is web, sockets, worker, beat or other; ``head`` says that it leads others."""

    pid: int
    kind: str
    head: bool
    status: str
    memory: int
    command: str


@dataclass(frozen=True)
class Sample:
    """What a process did while it was sampled."""

    where: str
    job_id: int | None
    request: str
    dump: str


def members() -> list[Member]:
    """Return this site's own processes: those that were started in its folder, or in another release beside it."""
    found = []
    for process in psutil.process_iter():
        try:
            if kind := _kind(process):
                found.append(
                    Member(
                        process.pid,
                        kind,
                        _kind(process.parent()) != kind,
                        process.status(),
                        process.memory_info().rss,
                        " ".join(process.cmdline())[:200],
                    )
                )
        except psutil.Error:  # it ended meanwhile, or is somebody else's
            continue
    return found


def member(pid: int) -> Member | None:
    return next((each for each in members() if each.pid == pid), None)


def _kind(process: psutil.Process | None) -> str:
    """Return what a process of ours is; empty when it is not ours."""
    if process is None or process.pid in (0, 1):
        return ""
    try:
        words = process.cmdline()
        mine = bool(words) and _is_ours(Path(process.cwd()))
    except psutil.Error:
        return ""
    # A program by itself, or as a module or script of Python; titles that a program gives itself are one word.
    programs = " ".join(words[:6]) if mine else ""
    for program, kind in _PROGRAMS.items():
        if program in programs:
            return "beat" if kind == "worker" and re.search(r"(^|\s)beat(\s|$)", " ".join(words)) else kind
    return ""


def _is_ours(folder: Path) -> bool:
    base = Path(settings.BASE_DIR)
    roots = [base, base.parent] if base.parent.name == "releases" else [base]
    return any(folder == root or root in folder.parents for root in roots)


def busiest(seconds: float) -> list[tuple[psutil.Process, float]]:
    """Return the processes of this machine with their share of one core in per cent, the busiest first."""
    watched = list(psutil.process_iter())
    for process in watched:
        _share(process)
    psutil.cpu_percent(interval=seconds)
    shares = [(process, _share(process)) for process in watched]
    return sorted(((process, share) for process, share in shares if share >= 1), key=lambda pair: -pair[1])


def _share(process: psutil.Process) -> float:
    try:
        return float(process.cpu_percent(None))
    except psutil.Error:
        return 0.0


def sample(pid: int) -> Sample | None:
    """Ask py-spy a few times what a process is doing, and return None when it cannot be asked.

    Values of variables are not read: they may be secrets.
    """
    program = shutil.which("py-spy") or str(Path(sys.executable).parent / "py-spy")
    dumps = [dump for dump in (_dump(program, pid) for _ in range(SAMPLES)) if dump]
    if not dumps:
        return None
    busy = Counter(frame for dump in dumps for frame in _top_frames(dump))
    job = next((match for dump in dumps for match in _JOB_THREAD.findall(dump)), None)
    request = next((match for dump in dumps for match in _REQUEST_THREAD.findall(dump)), "")
    where = busy.most_common(1)[0][0] if busy else ""
    return Sample(where, int(job) if job else None, request, dumps[-1])


def _dump(program: str, pid: int) -> str:
    command = [program, "dump", "--nonblocking", "--pid", str(pid)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SAMPLE_SECONDS, check=False)  # noqa: S603 - our own words and a number
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _top_frames(dump: str) -> Iterator[str]:
    """Yield for each busy thread its innermost line of ours, else its innermost line."""
    for block in _ACTIVE.findall(dump):
        frames = _FRAME.findall(block)
        ours = [frame for frame in frames if "/" in frame[1] and "site-packages" not in frame[1]]
        for name, path, line in (ours or frames)[:1]:
            yield f"{name} ({path}:{line})"


def megabytes(size: float) -> str:
    """Return a size in words: 512 MB, 3.4 GB."""
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.0f} MB"


def age(seconds: float) -> str:
    """Return a time in words: 45 s, 12 min, 3.5 h, 2.0 days."""
    for unit, size in (("days", 86_400), ("h", 3600)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"

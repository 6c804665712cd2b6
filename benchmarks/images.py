"""What one uploaded picture costs: processor seconds and memory, at the largest sizes that are taken.

    .venv/bin/python -m benchmarks.images

Prints a line for each case and JSON last. Memory is what the process grew by at its peak, over an idle one that has
everything imported; each case runs in a process of its own, because a peak never goes down.
"""

import json
import sys
import time
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

from apps.common import images

CASES = {
    "50 MP JPEG": ("JPEG", (8000, 6250)),
    "12 MP JPEG": ("JPEG", (4000, 3000)),
    "25 MP PNG": ("PNG", (5750, 4340)),
    "16 MP WebP": ("WEBP", (4600, 3450)),
}


def picture(fmt: str, size: tuple[int, int]) -> bytes:
    """Return something with edges, always the same."""
    dice = Random(1)  # noqa: S311 - a picture, no secret
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(2000):
        x, y, wide = dice.randrange(size[0]), dice.randrange(size[1]), dice.randrange(20, 400)
        draw.ellipse((x, y, x + wide, y + wide), fill=tuple(dice.randrange(256) for _ in range(3)))
    out = BytesIO()
    image.save(out, fmt, quality=75, **({"method": 0} if fmt == "WEBP" else {}))
    return out.getvalue()


def megabytes(line: str) -> float:
    """Return a figure of this process: ``VmRSS`` is now, ``VmHWM`` the highest since the last reset. Linux only."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0]) / 1024


def measure(data: bytes, purpose: str) -> dict[str, float]:
    """Process ``data`` once."""
    Path("/proc/self/clear_refs").write_text("5")  # resets VmHWM
    before, start = megabytes("VmRSS"), time.process_time()
    made = images.process(BytesIO(data), purpose=purpose)
    return {
        "seconds": round(time.process_time() - start, 2),
        "megabytes": round(megabytes("VmHWM") - before),
        "kilobytes_stored": round(sum(map(len, made.renditions.values())) / 1024),
    }


def main() -> None:
    """Run every case for both purposes of a profile."""
    results = {}
    for name, (fmt, size) in CASES.items():
        data = picture(fmt, size)
        for purpose in ("avatar", "banner"):
            with get_context("spawn").Pool(1) as pool:
                figures = pool.apply(measure, (data, purpose))
            results[f"{name} as {purpose}"] = figures
            sys.stdout.write(f"{name} ({len(data) / 1e6:.1f} MB) as {purpose}: {figures}\n")
    worst = max(figures["megabytes"] for figures in results.values())
    sys.stdout.write(json.dumps({"worst_megabytes": worst, "cases": results}) + "\n")


if __name__ == "__main__":
    main()

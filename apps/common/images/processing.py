"""From an upload to WebP renditions that hold pixels and nothing else."""

import math
import threading
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image, ImageCms

from apps.common.images.errors import ImageRefused
from apps.common.images.inspection import Inspected, damaged, inspect
from apps.common.images.purposes import MEBIBYTE, Purpose, get_purpose

CENTRE = (50, 50)
LONGEST_SIDE = 4  # times the other one, where a picture keeps its shape

# Decoding is what costs memory: at most this many at once in a process, the others wait their turn.
_decoders = threading.BoundedSemaphore(2)

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SWAPS_SIDES = {5, 6, 7, 8}


@dataclass(frozen=True)
class ProcessedImage:
    """Safe renditions in memory: WebP bytes by width. The only thing that :func:`writing` stores."""

    purpose: Purpose
    renditions: dict[int, bytes]


def process(upload: IO[bytes], *, purpose: str, focus: tuple[int, int] = CENTRE) -> ProcessedImage:
    """Check an upload by its content and make its renditions.

    Args:
        upload: Anything with ``read()``. Its name and content type are not looked at.
        purpose: A name registered in ``apps.common.images.purposes``.
        focus: What the crop keeps, in percent from the left and from the top.

    Raises:
        ImageRefused: With the reason; nothing was stored.
    """
    wanted = get_purpose(purpose)
    data = _read(upload, wanted)
    found = inspect(data)
    with _decoders:
        image = _decode(data, found, wanted)
        box = _crop_box(image.size, wanted, focus)
        return ProcessedImage(wanted, {width: _rendition(image, box, wanted, width) for width in wanted.widths})


def _read(upload: IO[bytes], purpose: Purpose) -> bytes:
    upload.seek(0)
    data = upload.read(purpose.max_bytes + 1)
    if len(data) > purpose.max_bytes:
        raise ImageRefused(
            f"The file is larger than {purpose.max_bytes // MEBIBYTE} MB. Make it smaller and try again.",
            code="too_heavy",
        )
    return data


def _decode(data: bytes, found: Inspected, purpose: Purpose) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=(found.format,)) as image:
            _check_honest(image, found)
            orientation = _orientation(image)
            size = image.size[::-1] if orientation in _SWAPS_SIDES else image.size
            _check_large_enough(size, purpose)
            _draft(image, size, purpose)
            image.load()
            pixels = _to_srgb(image)
    except ImageRefused:
        raise
    except Exception as error:  # decoders raise nearly anything on hostile input
        raise damaged() from error
    turned = pixels.transpose(_TURNS[orientation]) if orientation in _TURNS else pixels
    turned.info = {}  # Pillow would write colour profile, EXIF and XMP from here
    return turned


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # broken EXIF is thrown away with the rest of it
        return 1


def _check_honest(image: Image.Image, found: Inspected) -> None:
    """The limits were checked against the size that ``inspect`` read; the decoder must mean the same one."""
    if image.size != (found.width, found.height):
        raise damaged()


def _check_large_enough(size: tuple[int, int], purpose: Purpose) -> None:
    if size[0] < purpose.min_width or size[1] < purpose.min_height:
        raise ImageRefused(
            f"{purpose.label} is {size[0]} × {size[1]} pixels."
            f" It needs at least {purpose.min_width} × {purpose.min_height}.",
            code="too_small",
        )


def _draft(image: Image.Image, size: tuple[int, int], purpose: Purpose) -> None:
    """Let the JPEG decoder skip detail that no rendition keeps; other formats ignore this."""
    left, _top, right, _bottom = _crop_box(size, purpose, CENTRE)
    scale = min(1.0, purpose.widths[-1] / (right - left))
    image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))


def _to_srgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits of grey; plain conversion would clip them to white
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    profile = image.info.get("icc_profile")
    transparent = "A" in image.getbands() or "transparency" in image.info
    target = "RGBA" if transparent else "RGB"
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None  # a broken profile: the plain numbers are close enough
        if converted is not None:
            return converted
    return image if image.mode == target else image.convert(target)  # convert() would copy even for nothing


def _crop_box(size: tuple[int, int], purpose: Purpose, focus: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the largest box of the purpose's ratio, placed as CSS ``object-position`` places it."""
    width, height = size
    shape = width / height
    ratio = min(max(shape, 1 / LONGEST_SIDE), LONGEST_SIDE) if purpose.keeps_shape else float(purpose.ratio)
    crop_width, crop_height = min(width, height * ratio), min(height, width / ratio)
    x, y = (min(max(percent, 0), 100) / 100 for percent in focus)
    left, top = (width - crop_width) * x, (height - crop_height) * y
    return (left, top, left + crop_width, top + crop_height)


def _rendition(image: Image.Image, box: tuple[float, float, float, float], purpose: Purpose, width: int) -> bytes:
    left, top, right, bottom = box
    height = round(width * (bottom - top) / (right - left)) if purpose.keeps_shape else purpose.height(width)
    resized = image.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)
    out = BytesIO()
    resized.save(out, "WEBP", quality=purpose.quality, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()

"""What an upload is, by its bytes alone, before any decoder sees it.

Names and content types come from the sender and count for nothing here. Sizes are read from the headers by hand
because opening a WebP with Pillow already allocates its whole canvas.
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from apps.common.images.errors import ImageRefused

# A phone's 50-megapixel JPEG is decoded at reduced size; PNG has to be decoded whole, and WebP takes 15 bytes a pixel
# (`python -m benchmarks.images`).
MAX_PIXELS = {"JPEG": 52_000_000, "PNG": 25_000_000, "WEBP": 16_000_000}
MAX_SIDE = 16_000
# Each scan of a progressive JPEG is a pass over all pixels; real ones have about ten.
MAX_SCANS = 32

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ACTIVE_TEXT = re.compile(rb"<script|<\?php|<html|<!doctype|<iframe|%PDF-1|<svg[\s:>]{1,3}xmlns", re.IGNORECASE)
_OTHERS = (
    (re.compile(rb"^GIF8[79]a"), "This is a GIF. Save it as PNG or JPEG and choose that."),
    (
        re.compile(rb"^....ftyp(hei[cfmsx]|hevc|mif1|msf1|avi[fs])", re.DOTALL),
        "This is a HEIC or AVIF photo. Choose a JPEG copy.",
    ),
    (re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!doctype svg)", re.IGNORECASE), "SVG drawings are not taken."),
    (re.compile(rb"^%PDF"), "This is a PDF, not a picture."),
    (re.compile(rb"^BM|^II\*\0|^MM\0\*"), "This is a BMP or TIFF. Save it as PNG or JPEG and choose that."),
)
_WANTED = "Choose a JPEG, PNG or WebP picture."


@dataclass(frozen=True)
class Inspected:
    """A format Pillow may open, and the size its header claims."""

    format: str
    width: int
    height: int


def inspect(data: bytes) -> Inspected:
    """Return what ``data`` is. Raises :class:`ImageRefused` for anything but one still, honest picture."""
    if not data:
        raise ImageRefused(f"The file is empty. {_WANTED}", code="empty")
    if data.startswith(_PNG_SIGNATURE):
        found = _inspect_png(data)
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        found = _inspect_webp(data)
    elif data.startswith(b"\xff\xd8\xff"):
        found = _inspect_jpeg(data)
    else:
        reason = next((text for start, text in _OTHERS if start.match(data[:512])), "This file is not a picture.")
        raise ImageRefused(f"{reason} {_WANTED}", code="format")
    _check_size(found)
    if zipfile.is_zipfile(BytesIO(data)) or _ACTIVE_TEXT.search(data):
        raise ImageRefused(
            "Something other than a picture is hidden in this file. Save the picture anew and choose that.",
            code="hidden_content",
        )
    return found


def _check_size(found: Inspected) -> None:
    if not found.width or not found.height:
        raise damaged()
    pixels = found.width * found.height
    if pixels > MAX_PIXELS[found.format] or max(found.width, found.height) > MAX_SIDE:
        raise ImageRefused(
            f"The picture is {found.width} × {found.height} pixels, more than the {_megapixels(found.format)}"
            " megapixels we can take."
            " Make it smaller and try again.",
            code="too_many_pixels",
        )


def _megapixels(format_: str) -> int:
    return MAX_PIXELS[format_] // 1_000_000


def _inspect_png(data: bytes) -> Inspected:
    width = height = 0
    position = len(_PNG_SIGNATURE)
    while True:
        header = data[position : position + 8]
        if len(header) < 8:
            raise damaged()
        length, kind = struct.unpack(">I4s", header)
        if kind == b"IHDR":
            if length != 13 or len(data) < position + 16:
                raise damaged()
            width, height = struct.unpack(">II", data[position + 8 : position + 16])
        elif kind == b"acTL":
            raise _animated()
        position += 12 + length
        if kind == b"IEND":
            break
    _refuse_rest(data, position)
    return Inspected("PNG", width, height)


def _inspect_webp(data: bytes) -> Inspected:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise damaged()
    _refuse_rest(data, end + end % 2 if end + end % 2 <= len(data) else end)
    sizes = [(0, 0)]
    for kind, body in _webp_chunks(data, end):
        if kind in (b"ANIM", b"ANMF"):
            raise _animated()
        if kind == b"VP8X" and len(body) >= 10:
            sizes.append((1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")))
        elif kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:
            width, height = struct.unpack("<HH", body[6:10])
            sizes.append((width & 0x3FFF, height & 0x3FFF))
        elif kind == b"VP8L" and len(body) >= 5:
            bits = int.from_bytes(body[1:5], "little")
            sizes.append((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
    return Inspected("WEBP", max(width for width, _ in sizes), max(height for _, height in sizes))


def _webp_chunks(data: bytes, end: int) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    while position + 8 <= end:
        kind, length = struct.unpack("<4sI", data[position : position + 8])
        yield kind, data[position + 8 : position + 8 + min(length, 16)]
        position += 8 + length + length % 2


def _inspect_jpeg(data: bytes) -> Inspected:
    # Phones append films and depth maps after a JPEG, so a rest is no sign of malice; it is never copied.
    if data.count(b"\xff\xda") > MAX_SCANS:
        raise ImageRefused(
            "This JPEG has too many passes to decode. Save it anew and choose that.", code="too_many_scans"
        )
    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as image:  # reads the header only
            return Inspected("JPEG", *image.size)
    except Image.DecompressionBombError as error:  # Pillow's own limit, above ours
        raise ImageRefused(
            f"The picture has more pixels than the {_megapixels('JPEG')} megapixels we can take."
            " Make it smaller and try again.",
            code="too_many_pixels",
        ) from error
    except Exception as error:  # decoders raise nearly anything on hostile input
        raise damaged() from error


def _refuse_rest(data: bytes, end: int) -> None:
    if end > len(data):
        raise damaged()
    if end < len(data):
        raise ImageRefused(
            "Something other than a picture follows the end of this picture. Save it anew and choose that.",
            code="hidden_content",
        )


def _animated() -> ImageRefused:
    return ImageRefused(f"This picture moves. {_WANTED}", code="animated")


def damaged() -> ImageRefused:
    """Return the refusal of a picture whose bytes make no sense."""
    return ImageRefused("The picture is damaged or cut off. Choose it again, or another one.", code="damaged")

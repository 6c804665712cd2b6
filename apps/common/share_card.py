"""Cards that other sites show beside a link: 1200 × 630 pixels, drawn with the site's own face and artwork."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from apps.corelib import crest
from apps.corelib.hues import GROUND, PAPER, palette

SIZE = (1200, 630)
FONT = settings.BASE_DIR / "static" / "siteui" / "fonts" / "archivo.woff2"
TEXT, MUTED, CROWN, PAGE = "#E9EDF5", "#9DA9BF", "#F2B84B", "#0B0F16"
MARGIN = 72
FINE = 3  # the crest is drawn so many times larger and then reduced: Pillow's polygons have hard edges


@dataclass(frozen=True)
class Card:
    """What stands on a card. ``tag`` seeds the artwork; ``logo`` is an encoded picture, or nothing for the crest."""

    name: str
    tag: str
    eyebrow: str
    facts: tuple[tuple[str, str], ...]  # figure and what it counts; a rank is gold
    people: tuple[str, ...]
    logo: bytes = b""


def readable(text: str) -> bool:
    """Return whether the face has every letter: it is a Latin one, and letters that are missing would be boxes."""
    return bool(text) and all(letter < "\u0250" or letter in "–—‘’“”•…·" for letter in text)


def draw(card: Card) -> bytes:
    """Return the card as PNG, which every site that shows previews can read."""
    image = Image.new("RGB", SIZE, PAGE)
    _planes(image, card.tag)
    pen = ImageDraw.Draw(image)
    picture = _picture(card, 240)
    image.paste(picture, (MARGIN, 104), picture)
    left = MARGIN + 240 + 44
    pen.text((left, 128), card.eyebrow, font=_font(30, 650), fill=MUTED)
    title = card.name if readable(card.name) else card.tag
    font = _fitting(pen, title, 84, SIZE[0] - left - MARGIN)
    pen.text((left, 172), title, font=font, fill=TEXT)
    if title != card.tag:
        pen.text((left, 284), card.tag, font=_font(40, 750, 90), fill=MUTED)
    _facts(pen, card.facts)
    _people(pen, card.people)
    pen.polygon([(1064, 600), (1064, 574), (1074, 586), (1084, 568), (1094, 586), (1104, 574), (1104, 600)], fill=CROWN)
    pen.text((1048, 602), "DeltaCrown", font=_font(26, 750), fill=TEXT, anchor="rs")
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _facts(pen: ImageDraw.ImageDraw, facts: Sequence[tuple[str, str]]) -> None:
    x = float(MARGIN)
    for figure, label in facts:
        pen.text((x, 392), figure, font=_font(64, 800, 85), fill=CROWN if figure.startswith("#") else TEXT)
        pen.text((x, 466), label, font=_font(26), fill=MUTED)
        x += max(pen.textlength(figure, _font(64, 800, 85)), pen.textlength(label, _font(26))) + 56


def _people(pen: ImageDraw.ImageDraw, people: Sequence[str]) -> None:
    """Write as many names as fit on one line."""
    shown = [name for name in people if readable(name)]
    font = _font(30, 650)
    while shown and pen.textlength("  ·  ".join(shown), font) > SIZE[0] - 2 * MARGIN - 230:
        shown.pop()
    pen.text((MARGIN, 602), "  ·  ".join(shown), font=font, fill=TEXT, anchor="ls")


def _planes(image: Image.Image, seed: str) -> None:
    """Lay slanted planes of the team's colour over the right side, at the delta's angle."""
    hue = palette(seed)[0]
    veil = Image.new("RGBA", SIZE)
    pen = ImageDraw.Draw(veil, "RGBA")
    for x, strength in ((620, 40), (800, 70), (960, 110), (1090, 170)):
        pen.polygon([(x + 364, 0), (1700, 0), (1700, 630), (x, 630)], fill=(*_rgb(hue.colour), strength))
    image.paste(Image.alpha_composite(image.convert("RGBA"), veil).convert("RGB"))
    shade = Image.new("L", SIZE, 0)
    ImageDraw.Draw(shade).rectangle((0, 340, *SIZE), fill=150)  # words stand on calm ground
    image.paste(Image.new("RGB", SIZE, GROUND), mask=shade)


def _picture(card: Card, size: int) -> Image.Image:
    if card.logo:
        with Image.open(BytesIO(card.logo)) as logo:
            return logo.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS)
    large = size * FINE
    scale = large / 96
    image = Image.new("RGBA", (large, large))
    pen = ImageDraw.Draw(image)
    polygons, text = crest.shapes(card.tag)
    for polygon, colour in polygons:
        pen.polygon([(x * scale, y * scale) for x, y in polygon], fill=colour)
    letters = (card.tag if len(card.tag) <= 6 else card.tag[:4]).upper()
    font = _fitting(pen, letters, int(40 * scale), int(crest.ROOM * scale), width=82)
    pen.text((48 * scale, crest.CENTRE[1] * scale), letters, font=font, fill=text or PAPER, anchor="mm")
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _fitting(pen: ImageDraw.ImageDraw, text: str, size: int, room: int, *, width: int = 112) -> ImageFont.FreeTypeFont:
    """Return the face as large as ``text`` fits into ``room`` pixels."""
    while size > 24 and pen.textlength(text, _font(size, 800, width)) > room:
        size -= 4
    return _font(size, 800, width)


@cache
def _font(size: int, weight: int = 600, width: int = 100) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(FONT, size)
    font.set_variation_by_axes([weight, width])
    return font


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

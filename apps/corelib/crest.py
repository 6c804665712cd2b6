"""Crests and avatars for whoever has no picture: the same seed and tag give the same drawing, everywhere, for ever.

Everything is SVG in presentation attributes, because the site's policy allows no style attributes. Clipping is done
here, on paper so to speak: a page shows many crests, and ``clipPath`` would need an id for each.
"""

from collections.abc import Callable, Iterator
from html import escape
from math import cos, radians, sin

from apps.corelib.hues import Dice, palette

Point = tuple[float, float]
Polygon = list[Point]

# Outlines on a 96-unit square, all convex, drawn clockwise.
OUTLINES: tuple[Polygon, ...] = (
    [(10, 8), (86, 8), (86, 56), (48, 92), (10, 56)],
    [(48, 3), (88, 25), (88, 71), (48, 93), (8, 71), (8, 25)],
    [(8, 8), (66, 8), (88, 30), (88, 88), (30, 88), (8, 66)],
    [(8, 9), (88, 9), (85, 52), (70, 77), (48, 92), (26, 77), (11, 52)],
    [(48, 3), (92, 36), (76, 90), (20, 90), (4, 36)],
)
CENTRE: Point = (48, 46)


def clip(subject: Polygon, window: Polygon) -> Polygon:
    """Cut ``subject`` to the convex, clockwise ``window`` (Sutherland and Hodgman, 1974)."""
    for start, end in zip(window, window[1:] + window[:1], strict=True):
        edge = (end[0] - start[0], end[1] - start[1])

        def side(point: Point, start: Point = start, edge: Point = edge) -> float:
            return edge[0] * (point[1] - start[1]) - edge[1] * (point[0] - start[0])

        kept: Polygon = []
        for here, there in zip(subject, subject[1:] + subject[:1], strict=True):
            a, b = side(here), side(there)
            if a >= 0:
                kept.append(here)
            if a * b < 0:
                t = a / (a - b)
                kept.append((here[0] + t * (there[0] - here[0]), here[1] + t * (there[1] - here[1])))
        subject = kept
        if not subject:
            break
    return subject


def inset(polygon: Polygon, scale: float) -> Polygon:
    """Shrink around the centre."""
    x, y = CENTRE
    return [(x + (px - x) * scale, y + (py - y) * scale) for px, py in polygon]


def _facets(window: Polygon, dice: Dice) -> Iterator[tuple[Polygon, int]]:
    """A cut stone: triangles from an off-centre point to the outline."""
    eye = (36 + dice.below(25), 26 + dice.below(21))
    turn = dice.below(2)
    for index, (a, b) in enumerate(zip(window, window[1:] + window[:1], strict=True)):
        yield [eye, a, b], (1, 3, 2, 0)[(index + turn) % 4]


def _bars(window: Polygon, dice: Dice) -> Iterator[tuple[Polygon, int]]:
    """Slanted stripes at the delta's angle."""
    width = 12 + 4 * dice.below(3)
    lean = (55, -55)[dice.below(2)]
    for index, x in enumerate(range(-60, 160, width * 2)):
        yield [(x, 0), (x + width, 0), (x + width + lean, 96), (x + lean, 96)], 1 + index % 2


def _chevrons(window: Polygon, dice: Dice) -> Iterator[tuple[Polygon, int]]:
    """Nested V, pointing up or down."""
    depth = (34, -34)[dice.below(2)]
    thick = 11 + 3 * dice.below(3)
    for index, y in enumerate(range(-50, 150, thick * 2)):
        tip = y + depth
        colour = 1 + index % 2
        yield [(0, y), (48, tip), (48, tip + thick), (0, y + thick)], colour
        yield [(48, tip), (96, y), (96, y + thick), (48, tip + thick)], colour


def _delta(window: Polygon, dice: Dice) -> Iterator[tuple[Polygon, int]]:
    """A great triangle over the field, a smaller one cut into it."""
    lift = dice.below(12)
    yield [(48, 4 + lift), (110, 110 + lift), (-14, 110 + lift)], 1
    yield [(48, 38 + lift), (90, 110 + lift), (6, 110 + lift)], 2


def _rays(window: Polygon, dice: Dice) -> Iterator[tuple[Polygon, int]]:
    """Beams that rise from the foot."""
    count = 5 + 2 * dice.below(2)
    foot = (48.0, 104.0)
    step = 150 / (2 * count - 1)
    for index in range(count):
        a = radians(-165 + 2 * index * step)
        b = radians(-165 + (2 * index + 1) * step)
        yield [foot, (48 + 150 * cos(a), 104 + 150 * sin(a)), (48 + 150 * cos(b), 104 + 150 * sin(b))], 1 + index % 2


def _split(window: Polygon, dice: Dice) -> Iterator[tuple[Polygon, int]]:
    """Two fields along the slant, with a thin line between."""
    x = 20 + dice.below(28)
    yield [(x + 40, 0), (200, 0), (200, 96), (x - 16, 96)], 1
    yield [(x + 32, 0), (x + 40, 0), (x - 16, 96), (x - 24, 96)], 3


PATTERNS: tuple[Callable[[Polygon, Dice], Iterator[tuple[Polygon, int]]], ...] = (
    _facets,
    _bars,
    _chevrons,
    _delta,
    _rays,
    _split,
)


def points(polygon: Polygon) -> str:
    return " ".join(f"{x:.4g},{y:.4g}" for x, y in polygon)


# Widths in Archivo 800 at its normal width, in em. Anything else counts as wide: Bengali letters are.
NARROW, WIDE, USUAL = frozenset("IJ1."), frozenset("MWQ"), frozenset("ABCDEFGHKLNOPRSTUVXYZ023456789-")
ROOM = 58  # units the letters may take, so that they stay inside the slimmest outline


def _em(letter: str) -> float:
    if letter in NARROW:
        return 0.4
    return 0.72 if letter in USUAL else 0.95 if letter in WIDE else 1.0


def _lettering(tag: str, small: bool, colour: str) -> str:
    """The tag, as large as it fits: narrower letters first, then smaller ones. A small crest has the first letter."""
    letters = (tag[:1] if small else tag if len(tag) <= 6 else tag[:4]).upper()
    stretch = {1: 100, 2: 100, 3: 90, 4: 82}.get(len(letters), 75)
    ems = sum(map(_em, letters)) * (0.35 + 0.65 * stretch / 100)
    size = min(56 if small else 44, ROOM / ems) if ems else 0
    return (
        f'<text x="48" y="{CENTRE[1] + size * 0.35:.4g}" text-anchor="middle" font-family="Archivo, sans-serif" '
        f'font-weight="800" font-stretch="{stretch}%" font-size="{size:.4g}" fill="{colour}">{escape(letters)}</text>'
    )


def shapes(seed: str) -> tuple[list[tuple[Polygon, str]], str]:
    """Return the polygons of a crest with their colours, the ground first, and the colour of letters upon them."""
    first, second, text = palette(seed)
    dice = Dice(f"shape:{seed}")
    outline = OUTLINES[dice.below(len(OUTLINES))]
    pattern = PATTERNS[dice.below(len(PATTERNS))]
    window = inset(outline, 0.92)
    colours = (first.colour, first.shade, second.colour, second.shade)
    drawn = [(outline, second.colour), (window, first.colour)]
    for shape, colour in pattern(window, dice):
        cut = clip(shape, window)
        if len(cut) > 2:
            drawn.append((cut, colours[colour]))
    return drawn, text


def crest(tag: str, seed: str = "", *, size: int = 48, label: str = "") -> str:
    """Return the crest of ``tag`` as SVG.

    ``seed`` keeps a crest when the tag changes; it is the tag when not given. Below 40 pixels the tag is one letter.
    Without ``label`` the crest is decoration for screen readers, as it always stands beside a name.
    """
    drawn, text = shapes(seed or tag)
    polygons = "".join(f'<polygon points="{points(polygon)}" fill="{colour}"/>' for polygon, colour in drawn)
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg class="crest" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="{size}" height="{size}" '
        f"{voice}>{polygons}{_lettering(tag, size < 40, text)}</svg>"
    )


def initials(name: str) -> str:
    """``Rafi Ahmed`` → ``RA``; ``nadia`` → ``N``."""
    words = [word for word in name.replace("_", " ").replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def avatar(name: str, seed: str = "", *, size: int = 40, label: str = "") -> str:
    """Return a round picture with the initials of ``name``."""
    seed = seed or name
    first, second, text = palette(seed)
    dice = Dice(f"face:{seed}")
    letters = initials(name)
    x = 8 + dice.below(50)
    lean = (30, -30)[dice.below(2)]
    # A circle cannot be cut on paper; the page rounds the corners.
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg class="avatar" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="{size}" height="{size}" '
        f'{voice}><path d="M0 0h96v96H0z" fill="{first.colour}"/>'
        f'<path d="M{x} 0H96V96H{x + lean}z" fill="{first.shade}"/>'
        f'<path d="M48 66L104 130H-8z" fill="{second.colour}"/>'
        f'<text x="48" y="{62 if len(letters) > 1 else 65}" text-anchor="middle" font-family="Archivo, sans-serif" '
        f'font-weight="700" font-size="{40 if len(letters) > 1 else 48}" fill="{text}">{escape(letters)}</text></svg>'
    )

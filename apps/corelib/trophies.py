"""Trophies: drawn by place and kind, cut like a stone by the seed. What nobody confirmed has an outline and no metal.

As everywhere, the drawing is SVG in presentation attributes: the site's policy allows no style attributes.
"""

from html import escape

from apps.corelib.crest import Polygon, clip, points
from apps.corelib.hues import Dice

GOLD, SILVER, BRONZE, STEEL = "gold", "silver", "bronze", "steel"
INK = "#0F1520"
OUTLINE = "#7A8699"  # reads as a shape (3 : 1) on the dark and on the light ground

# The metal, its light and its shade.
METALS = {
    GOLD: ("#F2B84B", "#FFD88A", "#C58A1E"),
    SILVER: ("#B4C0D4", "#DDE4EF", "#8592AA"),
    BRONZE: ("#CC8654", "#E8B08A", "#9A5A30"),
    STEEL: ("#76859F", "#9AA7BD", "#56647D"),
}

# The cut face of each kind on a 64-unit square, convex and clockwise; then what is drawn behind and below it.
FACES: dict[str, Polygon] = {
    "cup": [(17, 8), (47, 8), (43, 32), (36, 40), (28, 40), (21, 32)],
    "medal": [(32, 22), (44, 27), (49, 39), (44, 51), (32, 56), (20, 51), (15, 39), (20, 27)],
    "plaque": [(32, 4), (54, 16), (54, 44), (32, 60), (10, 44), (10, 16)],
}
_CUP_HANDLES = "M17 12H8c0 12 5 17 13 18M47 12h9c0 12-5 17-13 18"
_CUP_STAND: tuple[Polygon, ...] = ([(29, 40), (35, 40), (37, 49), (27, 49)], [(20, 50), (44, 50), (47, 58), (17, 58)])
_RIBBONS: tuple[Polygon, ...] = ([(14, 4), (25, 4), (34, 24), (26, 27)], [(50, 4), (39, 4), (30, 24), (38, 27)])
MIDDLE = {"cup": 27, "medal": 44, "plaque": 37}


def tier_of(place: int | None) -> str:
    """Return the metal of a place."""
    if place is None:
        return STEEL
    return {1: GOLD, 2: SILVER, 3: BRONZE}.get(place, STEEL)


def trophy(
    seed: str,
    *,
    kind: str = "cup",
    tier: str = STEEL,
    sign: str = "",
    size: int = 64,
    earned: bool = True,
    label: str = "",
) -> str:
    """Return the drawing. ``sign`` is the place or number on its face, two characters at the most."""
    face = FACES.get(kind, FACES["medal"])
    metal, light, shade = METALS.get(tier, METALS[STEEL])
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    if earned:
        body = _extras(kind, metal, shade) + _cut(face, seed, (metal, light, shade)) + _sign(kind, sign, INK)
    else:
        body = _plain(kind, face) + _sign(kind, sign, OUTLINE)
    return (
        f'<svg class="trophy" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="{size}" height="{size}" '
        f"{voice}>{body}</svg>"
    )


def _cut(face: Polygon, seed: str, tones: tuple[str, str, str]) -> str:
    """Triangles from an off-centre point to the outline, as on crests; a band of light across."""
    dice = Dice(f"trophy:{seed}")
    metal, light, shade = tones
    eye = (28 + dice.below(9), 22 + dice.below(17))
    turn = dice.below(3)
    body = f'<polygon points="{points(face)}" fill="{metal}"/>'
    for index, (start, end) in enumerate(zip(face, face[1:] + face[:1], strict=True)):
        tone = (metal, light, shade)[(index + turn) % 3]
        body += f'<polygon points="{points([eye, start, end])}" fill="{tone}"/>'
    x = 14 + dice.below(20)
    band = clip([(x + 22, 0), (x + 27, 0), (x - 10, 64), (x - 15, 64)], face)
    return body + (f'<polygon points="{points(band)}" fill="{light}"/>' if band else "")


def _extras(kind: str, metal: str, shade: str) -> str:
    if kind == "cup":
        stand = "".join(f'<polygon points="{points(part)}" fill="{shade}"/>' for part in _CUP_STAND)
        return f'<path d="{_CUP_HANDLES}" fill="none" stroke="{metal}" stroke-width="4"/>{stand}'
    if kind == "medal":
        return "".join(
            f'<polygon points="{points(part)}" fill="{tone}"/>'
            for part, tone in zip(_RIBBONS, ("#56647D", "#7A8699"), strict=True)
        )
    return ""


def _plain(kind: str, face: Polygon) -> str:
    shapes = [face, *(_CUP_STAND if kind == "cup" else _RIBBONS if kind == "medal" else ())]
    drawn = "".join(f'<polygon points="{points(shape)}"/>' for shape in shapes)
    handles = f'<path d="{_CUP_HANDLES}"/>' if kind == "cup" else ""
    return f'<g fill="none" stroke="{OUTLINE}" stroke-width="2" stroke-dasharray="4 3">{handles}{drawn}</g>'


def _sign(kind: str, sign: str, colour: str) -> str:
    if not sign:
        return ""
    size = 20 if len(sign) == 1 else 16
    return (
        f'<text x="32" y="{MIDDLE.get(kind, 37)}" text-anchor="middle" font-size="{size}" font-weight="800" '
        f'fill="{colour}">{escape(sign[:2])}</text>'
    )

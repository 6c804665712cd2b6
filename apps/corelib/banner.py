"""Pictures for the heads of pages whose owner has uploaded none."""

from apps.corelib.crest import Polygon, points
from apps.corelib.hues import GROUND, PAPER, Dice, palette


def _mixed(colour: str, other: str, share: float) -> str:
    """Return ``share`` of ``colour`` and the rest of ``other``."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs)


def banner(seed: str, *, mirrored: bool = False) -> str:
    """Return a wide picture for a page head: slanted planes that brighten to the right, so that words stand left.

    ``mirrored`` gives a picture for words in the middle. Bright hues are taken down: a head is there to be read.
    """
    first, second, text = palette(seed)
    dice = Dice(f"banner:{seed}")
    hue, shade = (first.colour, first.shade) if text == PAPER else (_mixed(first.colour, GROUND, 0.62),) * 2
    lean = 185.0  # 320 units high at 60 degrees
    x = (540.0 if mirrored else 220.0) + dice.below(120)
    shapes = []
    for strength in (0.16, 0.34, 0.58, 0.86):
        shapes.append(_slash(x, 1500, lean, shade if strength > 0.8 else hue, strength))
        if dice.below(2):
            shapes.append(_slash(x - 26, 6 + 6 * dice.below(3), lean, second.colour, 0.9))
        x += (60 if mirrored else 150) + dice.below(100)
    tip = 820 + dice.below(240)
    shapes.append(f'<path d="M{tip} 40l162 280H{tip - 162}z" fill="{GROUND}" fill-opacity="0.28"/>')
    body = "".join(shapes)
    if mirrored:
        body = f'<g transform="translate(1200 0) scale(-1 1)">{body}</g>{body}'
    return (
        '<svg class="banner" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 320" '
        'preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f'<path d="M0 0h1200v320H0z" fill="{GROUND}"/>{body}</svg>'
    )


def _slash(x: float, width: float, lean: float, colour: str, strength: float) -> str:
    edge: Polygon = [(x + lean, -1), (x + lean + width, -1), (x + width, 321), (x, 321)]
    return f'<polygon points="{points(edge)}" fill="{colour}" fill-opacity="{strength}"/>'

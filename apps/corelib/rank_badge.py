"""A small picture of a team's rank, for other sites and for README files."""

from html import escape

from apps.corelib.hues import GROUND, PAPER, palette

HEIGHT = 32
LETTER = 8.2  # units a letter takes; the text is told its length, so that other faces fit as well
CROWN = "M0 11V1l4 4 4.5-5L13 5l4-4v10z"


def rank_badge(tag: str, place: str, *, label: str) -> str:
    """Return the badge as SVG: the tag on the team's own colour, then ``place`` such as ``#3 in Valorant``."""
    hue, _, text = palette(tag)
    left, right = round(len(tag) * LETTER + 20), round(len(place) * LETTER + 46)
    letters = 'font-family="Verdana, DejaVu Sans, sans-serif" font-size="13" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" '
        f'viewBox="0 0 {left + right} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        f'<path d="M0 0h{left + right}v{HEIGHT}H0z" fill="{GROUND}"/>'
        f'<path d="M0 0h{left + 9}l-18 {HEIGHT}H0z" fill="{hue.colour}"/>'
        f'<text x="10" y="21" {letters} font-weight="bold" textLength="{left - 20}" fill="{text}">{escape(tag)}</text>'
        f'<path d="{CROWN}" transform="translate({left + 12} 10)" fill="#F2B84B"/>'
        f'<text x="{left + 37}" y="21" {letters} textLength="{right - 46}" fill="{PAPER}">{escape(place)}</text></svg>'
    )

"""The games' marks: abstract shapes of our own on a 24-unit grid. No publisher's logo, nor anything like one."""

from colorsys import hls_to_rgb
from dataclasses import dataclass
from html import escape

from apps.corelib.games import GAMES


@dataclass(frozen=True)
class Mark:
    """A game's sign. ``colour`` reads on dark and light ground as a shape (3 : 1) when it stands on its tile."""

    code: str
    colour: str
    path: str


def colour_of(hue: int) -> str:
    """Return a hue (0–359) as the colour of a shape. Lightness is the same for all, so no game shouts."""
    channels = hls_to_rgb(hue / 360, 0.68, 0.78)
    return "#" + "".join(f"{round(channel * 255):02X}" for channel in channels)


# The games' own entries say how their marks look, so that a new game needs nothing here.
MARKS = {game.code: Mark(game.code, colour_of(game.hue), game.mark) for game in GAMES.values()}
NEUTRAL = Mark("", "#9DA9BF", "M12 4l9.5 16h-19z")


def game_mark(code: str, *, size: int = 24, label: str = "") -> str:
    """Return a game's mark as SVG on its tile. An unknown code gets the plain delta."""
    mark = MARKS.get(code, NEUTRAL)
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg class="game-mark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36" width="{size}" '
        f'height="{size}" {voice}><path d="M4 0h24l8 8v28H8l-8-8V0z" fill="#1B2333"/>'
        f'<path transform="translate(6 6)" fill-rule="evenodd" fill="{mark.colour}" d="{mark.path}"/></svg>'
    )

"""The nine games' marks: abstract shapes of our own on a 24-unit grid. No publisher's logo, nor anything like one."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Mark:
    """A game's sign. ``colour`` reads on dark and light ground as a shape (3 : 1) when it stands on its tile."""

    code: str
    colour: str
    path: str


# Each path is filled, even-odd. The idea behind each is one word of how the game is played.
MARKS = {
    mark.code: mark
    for mark in (
        Mark("valorant", "#FF7A6B", "M3 4l8 16h4L7 4zM21 4l-5.2 10.4-2-4L17 4z"),  # angles
        Mark("cs2", "#F0A63C", "M12 2l10 10-10 10L2 12zm0 5l-5 5 5 5 5-5zM10.5 10.5h3v3h-3z"),  # a site to hold
        Mark("dota2", "#E06A5A", "M3 3h7v7H3zM14 14h7v7h-7zM14 3h7v2L5 21H3v-2z"),  # two bases, one river
        Mark("efootball", "#6BB0FF", "M12 2l9 6.5L17.6 20H6.4L3 8.5zm0 5L7.4 10.3 9.2 16h5.6l1.8-5.7z"),  # a panel
        Mark("fc26", "#5FD08A", "M2 5h20v14H2zm2.5 2.5v9h6.2v-9zm8.8 0v9h6.2v-9z"),  # a pitch from above
        Mark("mlbb", "#B39CFF", "M12 2l10 18h-5.5L12 11.5 7.5 20H2zM12 15l2.8 5H9.2z"),  # three lanes meet
        Mark("codm", "#C9D36A", "M4 3h16v4l-8 5-8-5zM4 10l8 5 8-5v4l-8 5-8-5z"),  # stripes of rank
        # a flame
        Mark(
            "freefire", "#FF9A4D", "M12 2c1 5 7 7.5 7 13a7 7 0 0 1-14 0c0-3 2-4.5 3-7 1.5 1 2 2 2 4 1.5-2.5 2.5-5 2-10z"
        ),
        Mark(  # circles that close
            "pubgm",
            "#7FD3D8",
            "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z"
            "m2 3.2a3.800 3.800 0 1 1 0 7.600 3.800 3.800 0 0 1 0-7.600z",
        ),
    )
}
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

"""What images are for, and so how large they are kept. An app with another need registers its own purpose."""

from dataclasses import dataclass
from fractions import Fraction

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Purpose:
    """One use of images.

    Attributes:
        label: How the image is called in a sentence: "The picture is too small."
        ratio: Width over height of every rendition.
        widths: Kept widths in pixels, smallest first. Every one always exists, so a page need not ask.
        min_width: The narrowest crop that still looks right at the largest width.
        max_bytes: What an upload may weigh.
        quality: Of the WebP.
        keeps_shape: Nothing is cropped, as for a screenshot; ``ratio`` is then only what is expected, and what is more
            than four times as high as wide, or as wide as high, still is.
    """

    name: str
    label: str
    ratio: Fraction
    widths: tuple[int, ...]
    min_width: int
    max_bytes: int = 8 * MEBIBYTE
    quality: int = 80
    keeps_shape: bool = False

    def height(self, width: int) -> int:
        """Return the height that belongs to ``width``."""
        return round(width / self.ratio)

    @property
    def min_height(self) -> int:
        """The height that belongs to ``min_width``."""
        return self.min_width if self.keeps_shape else self.height(self.min_width)


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> Purpose:
    """Make ``purpose`` known. Another purpose of the same name is a mistake."""
    known = _purposes.setdefault(purpose.name, purpose)
    if known != purpose:
        raise ValueError(f"the image purpose {purpose.name!r} is registered twice and differs")
    return purpose


def get_purpose(name: str) -> Purpose:
    """Return the purpose of this name. Raises ``KeyError`` with the known names."""
    try:
        return _purposes[name]
    except KeyError:
        raise KeyError(f"no image purpose {name!r}; there are {', '.join(sorted(_purposes))}") from None


def all_purposes() -> list[Purpose]:
    """Return every registered purpose."""
    return list(_purposes.values())


SQUARE, WIDE, PHOTO = Fraction(1), Fraction(3), Fraction(16, 9)

AVATAR = register(Purpose("avatar", "The picture", SQUARE, (64, 128, 256), min_width=96))
BANNER = register(Purpose("banner", "The banner", WIDE, (640, 1280, 1920), min_width=640))
TEAM_LOGO = register(Purpose("team_logo", "The logo", SQUARE, (64, 128, 256, 512), min_width=96))
TEAM_POST = register(Purpose("team_post", "The picture", Fraction(16, 9), (480, 960, 1440), min_width=480))
TEAM_BANNER = register(Purpose("team_banner", "The banner", WIDE, (640, 1280, 1920), min_width=640))
TEAM_ROSTER = register(Purpose("team_roster", "The roster picture", PHOTO, (640, 1280, 1920), min_width=640))

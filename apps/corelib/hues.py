"""Twenty-four hues, and the chance that picks among them: fixed by a seed, the same in every process."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

INK = "#0B0F16"
PAPER = "#FFFFFF"
GROUND = "#121824"


@dataclass(frozen=True)
class Hue:
    name: str
    colour: str
    shade: str  # a second tone of the same hue; text on it reads as well as on the first


# Twenty-four hues in two families. A crest takes both its hues from one family, so that one text colour reads on both
# (tests/corelib/test_crest.py: at least 4.5 : 1 on every pair).
DEEP = (
    Hue("brick", "#B3261E", "#8A1A15"),
    Hue("rust", "#A63D0A", "#7C2D06"),
    Hue("slate", "#435672", "#2F3D52"),
    Hue("moss", "#4D6600", "#384B00"),
    Hue("jute", "#2A6B1F", "#1C4B14"),
    Hue("paddy", "#00694E", "#004A37"),
    Hue("teal", "#00666B", "#00474B"),
    Hue("river", "#0B5CAD", "#083F78"),
    Hue("indigo", "#3949B8", "#26327F"),
    Hue("iris", "#5B3FC4", "#402B8F"),
    Hue("plum", "#8A2C92", "#621E68"),
    Hue("rose", "#AD1F5B", "#7B1440"),
)
BRIGHT = (
    Hue("coral", "#FF8A73", "#FFB3A3"),
    Hue("mango", "#FFA64D", "#FFC68C"),
    Hue("gold", "#F2B84B", "#F9D690"),
    Hue("lime", "#C6D84B", "#DEE994"),
    Hue("leaf", "#7DD181", "#B0E5B2"),
    Hue("mint", "#2CCB9B", "#84E3C7"),
    Hue("aqua", "#3FC9D6", "#92E3EA"),
    Hue("sky", "#6BB0FF", "#A9D1FF"),
    Hue("lilac", "#A9A4FF", "#CFCCFF"),
    Hue("orchid", "#D49BFF", "#E7C7FF"),
    Hue("petal", "#FF94C9", "#FFC2E1"),
    Hue("sand", "#D8C7A3", "#EADFC9"),
)
HUES = DEEP + BRIGHT
FAMILIES = ((DEEP, PAPER), (BRIGHT, INK))


class Dice:
    """Numbers that look drawn by chance and are fixed by the seed."""

    def __init__(self, seed: str) -> None:
        self._bytes = self._stream(seed)

    @staticmethod
    def _stream(seed: str) -> Iterator[int]:
        block = hashlib.sha256(seed.encode()).digest()
        while True:
            yield from block
            block = hashlib.sha256(block).digest()

    def below(self, limit: int) -> int:
        return (next(self._bytes) << 8 | next(self._bytes)) % limit


def palette(seed: str) -> tuple[Hue, Hue, str]:
    """Return the two hues of a seed and the text colour that reads on both."""
    dice = Dice(f"hues:{seed}")
    family, text = FAMILIES[dice.below(2)]
    first = dice.below(len(family))
    second = (first + 2 + dice.below(len(family) - 3)) % len(family)
    return family[first], family[second], text

"""Pictures of things that are sold, for those without a photograph: a motif on a ground that its seed colours."""

from html import escape

from apps.corelib.crest import points
from apps.corelib.hues import Dice, palette

# Shapes on a 240-unit square. Each is a list of (path, tone): 0 the body, 1 its shade, 2 the accent, 3 what is written.
MOTIFS: dict[str, tuple[tuple[str, int], ...]] = {
    "jersey": (
        ("M78 58l24-12c6 12 30 12 36 0l24 12 34 30-20 26-16-12v92H80v-92l-16 12-20-26z", 0),
        ("M102 46c6 12 30 12 36 0l-6 26h-24z", 1),
        ("M80 126h80v14H80z", 2),
        ("M120 148l20 34h-40z", 3),
    ),
    "hoodie": (
        ("M76 66c8-30 80-30 88 0l32 30-14 92h-22v10H80v-10H58L44 96z", 0),
        ("M92 64c6 24 50 24 56 0-8-16-48-16-56 0z", 1),
        ("M92 146h56l10 34H82z", 2),
        ("M116 86h3v34h-3zm8 0h3v28h-3z", 3),
    ),
    "cap": (
        ("M54 142c0-88 132-88 132 0z", 0),
        ("M120 142h84c4 20-24 28-84 14z", 1),
        ("M112 70h16v72h-16z", 2),
        ("M120 92l14 24h-28z", 3),
    ),
    "pad": (
        ("M28 84h168l20 92H48z", 0),
        ("M48 176h168v10H50z", 1),
        ("M60 158l52-62 26 62z", 2),
        ("M150 96h36l4 14h-36z", 3),
    ),
    "mouse": (
        ("M120 44c34 0 46 26 46 62v34c0 34-18 56-46 56s-46-22-46-56v-34c0-36 12-62 46-62z", 0),
        ("M74 112h92v-8c0-34-14-60-46-60s-46 26-46 60z", 1),
        ("M112 66h16v38h-16z", 2),
        ("M120 142l16 28h-32z", 3),
    ),
    "headset": (
        ("M46 130c0-104 148-104 148 0h-18c0-78-112-78-112 0z", 1),
        ("M40 122h34v66H52l-12-14zm160 0h-34v66h22l12-14z", 0),
        ("M74 130h10v50H74zm92 0h-10v50h10z", 2),
        ("M188 186c-4 22-24 26-52 26v-8c24 0 40-2 44-18z", 3),
    ),
    "keys": (
        ("M36 100h50v50H36zm58 0h50v50H94zm58 0h50v50h-50zm-58-58h50v50H94z", 1),
        ("M42 104h38v36H42zm58 0h38v36h-38zm58 0h38v36h-38zm-58-58h38v36h-38z", 0),
        ("M36 160h166v40H36z", 2),
        ("M119 54l10 18h-20z", 3),
    ),
    "mug": (
        ("M60 70h100v110l-12 14H72l-12-14z", 0),
        ("M160 92h22c22 0 22 62 0 62h-22v-14h16c10 0 10-34 0-34h-16z", 1),
        ("M60 96h100v12H60z", 2),
        ("M110 122l22 38H88z", 3),
    ),
    "poster": (
        ("M66 34h108v172H66z", 0),
        ("M76 44h88v112H76z", 1),
        ("M76 156l44-76 44 76z", 2),
        ("M84 170h72v8H84zm0 16h48v8H84z", 3),
    ),
    "sticker": (
        ("M120 40l70 40v80l-70 40-70-40V80z", 0),
        ("M120 200l70-40V80z", 1),
        ("M120 70l44 25v50l-44 25-44-25V95z", 2),
        ("M120 96l24 42H96z", 3),
    ),
    "voucher": (
        ("M34 76h172v30a14 14 0 0 0 0 28v30H34v-30a14 14 0 0 0 0-28z", 0),
        ("M156 76h50v30a14 14 0 0 0 0 28v30h-50z", 1),
        ("M150 84h6v12h-6zm0 20h6v12h-6zm0 20h6v12h-6zm0 20h6v12h-6z", 2),
        ("M92 92l34 56H58z", 3),
    ),
    "coaching": (
        ("M36 56h168v106H36z", 0),
        ("M48 68h144v82H48z", 1),
        ("M62 136l30-34 24 20 34-44 28 58z", 2),
        ("M100 162h40l12 34H88z", 3),
    ),
    "pass": (
        ("M72 40h96v160H72z", 0),
        ("M72 40h96v40H72z", 1),
        ("M120 92l36 62H84z", 2),
        ("M84 170h72v6H84zm0 14h50v6H84z", 3),
    ),
    "box": (
        ("M40 84l80-38 80 38v82l-80 38-80-38z", 0),
        ("M120 122l80-38v82l-80 38z", 1),
        ("M76 66l80 38v30l-16 8v-32L60 74z", 2),
        ("M84 150l18 30H66z", 3),
    ),
}


def ware(motif: str, seed: str, *, label: str = "") -> str:
    """Return the picture as SVG. The seed gives its colours and its ground; an unknown motif is a box."""
    first, second, text = palette(f"ware:{seed}")
    dice = Dice(f"ground:{seed}")
    tones = (first.colour, first.shade, second.colour, text)
    x = 20.0 + dice.below(80)
    planes = []
    for strength in (0.14, 0.2, 0.28):
        edge = [(x + 140, -2.0), (x + 600, -2.0), (x + 460, 242.0), (x, 242.0)]
        planes.append(f'<polygon points="{points(edge)}" fill="{first.colour}" fill-opacity="{strength}"/>')
        x += 40 + dice.below(50)
    shapes = "".join(f'<path d="{path}" fill="{tones[tone]}"/>' for path, tone in MOTIFS.get(motif, MOTIFS["box"]))
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg class="ware" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" {voice}>'
        f'<path d="M0 0h240v240H0z" fill="#121824"/>{"".join(planes)}{shapes}</svg>'
    )

import itertools
import xml.etree.ElementTree as ET

import pytest

from apps.corelib import banner, crest, hues
from apps.corelib.marks import MARKS, game_mark

TEXT_CONTRAST = 4.5


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_there_are_24_different_hues() -> None:
    assert len(hues.HUES) == 24
    assert len({hue.colour for hue in hues.HUES}) == 24
    assert len({hue.name for hue in hues.HUES}) == 24


@pytest.mark.parametrize(("family", "text"), hues.FAMILIES)
def test_the_tag_reads_on_both_tones_of_every_pair_of_a_family(family: tuple[hues.Hue, ...], text: str) -> None:
    weak = [
        (first.name, second.name)
        for first, second in itertools.product(family, repeat=2)
        if min(contrast(text, tone) for hue in (first, second) for tone in (hue.colour, hue.shade)) < TEXT_CONTRAST
    ]
    assert weak == []


def test_the_hues_of_a_crest_come_from_one_family_and_differ() -> None:
    for number in range(500):
        first, second, text = hues.palette(f"team:{number}")
        family = next(family for family, colour in hues.FAMILIES if colour == text)
        assert first in family
        assert second in family
        assert first != second


def test_every_hue_is_used() -> None:
    assert {hues.palette(f"team:{number}")[0] for number in range(2000)} == set(hues.HUES)


def test_the_same_seed_draws_the_same_crest_in_every_process() -> None:
    """Share cards and pages are made by different processes; hash() would differ between them."""
    assert crest.crest("PTN", "team:1") == crest.crest("PTN", "team:1")
    first, second, text = hues.palette("team:1")
    assert (first.name, second.name, text) == ("aqua", "petal", "#0B0F16")


def test_a_crest_keeps_its_shape_when_the_tag_changes() -> None:
    def drawing(tag: str) -> str:
        return crest.crest(tag, "team:7").split("<text")[0]

    assert drawing("PTN") == drawing("DWX")


def test_teams_rarely_look_alike() -> None:
    drawings = {crest.crest("X", f"team:{number}") for number in range(1000)}
    assert len(drawings) > 980


@pytest.mark.parametrize("size", [24, 48, 512])
@pytest.mark.parametrize("tag", ["A", "PTN", "ABCDEFGHIJ", "<b>", '"&', "দল"])
def test_a_crest_is_well_formed_and_keeps_within_its_square(tag: str, size: int) -> None:
    root = ET.fromstring(crest.crest(tag, size=size, label=tag))
    assert root.get("width") == root.get("height") == str(size)
    assert root.get("aria-label") == tag
    for shape in root.iter("{http://www.w3.org/2000/svg}polygon"):
        for point in shape.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 96
            assert 0 <= y <= 96


def test_artwork_has_no_style_id_or_reference() -> None:
    """The policy allows no style attributes, and a page may show one crest twice."""
    art = crest.crest("PTN") + crest.avatar("Rafi Ahmed") + banner.banner("x") + game_mark("valorant")
    for forbidden in ("style=", " id=", "url(", "href", "<script"):
        assert forbidden not in art


def test_a_small_crest_shows_one_letter() -> None:
    assert ">P</text>" in crest.crest("PTN", size=24)
    assert ">PTN</text>" in crest.crest("PTN", size=48)


def test_an_unlabelled_crest_is_decoration() -> None:
    assert 'aria-hidden="true"' in crest.crest("PTN")
    assert 'role="img" aria-label="Padma Titans"' in crest.crest("PTN", label="Padma Titans")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Rafi Ahmed", "RA"), ("nadia", "N"), ("md. tanvir hasan", "MH"), ("under_score", "US"), ("", "?"), ("!!", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert crest.initials(name) == letters


def test_clipping_cuts_at_the_window() -> None:
    window = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    assert crest.clip([(-5, -5), (5, -5), (5, 5), (-5, 5)], window) == [(5, 0), (5, 5), (0, 5), (0, 0)]
    assert crest.clip([(20, 20), (30, 20), (30, 30)], window) == []


def test_each_of_the_nine_games_has_a_mark_and_a_colour_of_its_own() -> None:
    assert len(MARKS) == 9
    assert len({mark.path for mark in MARKS.values()}) == 9
    assert len({mark.colour for mark in MARKS.values()}) == 9


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_a_mark_stands_out_from_its_tile(mark) -> None:
    assert contrast(mark.colour, "#1B2333") >= 3


def test_an_unknown_game_gets_the_plain_delta() -> None:
    assert "M12 4l9.5 16h-19z" in game_mark("chess")

"""Drawings of things that have no photograph."""

import xml.etree.ElementTree as ET

import pytest

from apps.corelib.wares import MOTIFS, ware


@pytest.mark.parametrize("motif", MOTIFS)
def test_each_motif_is_a_drawing_without_style_and_ids(motif):
    drawing = ET.fromstring(ware(motif, "season-3-jersey"))
    names = {name for element in drawing.iter() for name in element.attrib}
    assert drawing.attrib["viewBox"] == "0 0 240 240"
    assert not names & {"style", "id"}
    assert len(drawing.findall(".//{*}path")) == len(MOTIFS[motif]) + 1


def test_the_same_seed_gives_the_same_picture_and_another_one_another():
    assert ware("jersey", "a") == ware("jersey", "a") != ware("jersey", "b")


def test_an_unknown_motif_is_a_box():
    assert ware("dragon", "a") == ware("box", "a")


def test_a_label_is_escaped():
    assert 'aria-label="&lt;b&gt;&quot;"' in ware("mug", "a", label='<b>"')

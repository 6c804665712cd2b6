"""Divisions and districts: all there, each once, found however they are spelt."""

import pytest

from apps.corelib import bangladesh


def test_there_are_eight_divisions_and_sixty_four_districts():
    counted = {
        division: sum(place.division == division for place in bangladesh.DISTRICTS.values())
        for division in bangladesh.DIVISIONS
    }
    assert counted == {
        "dhaka": 13,
        "chattogram": 11,
        "rajshahi": 8,
        "khulna": 10,
        "barishal": 6,
        "sylhet": 4,
        "rangpur": 8,
        "mymensingh": 4,
    }
    assert len(bangladesh.DISTRICTS) == 64


def test_each_has_a_name_in_both_scripts_and_no_two_share_one():
    places = list(bangladesh.DISTRICTS.values())
    assert len({place.name for place in places}) == len({place.bangla for place in places}) == 64
    for place in [*places, *bangladesh.DIVISIONS.values()]:
        assert all("\u0980" <= sign <= "\u09ff" for sign in place.bangla), place
        assert place.name.isascii()
        assert place.code == place.name.lower().replace("'", "").replace(" ", "-")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Dhaka", "dhaka"),
        (" cox's  bazar ", "coxs-bazar"),
        ("COXS BAZAR", "coxs-bazar"),
        ("Chittagong", "chattogram"),
        ("Comilla", "cumilla"),
        ("যশোর", "jashore"),
        ("chapainawabganj", "chapai-nawabganj"),
        ("netrokona", "netrokona"),
    ],
)
def test_a_district_is_found_however_it_is_spelt(typed, code):
    assert bangladesh.find_district(typed).code == code


@pytest.mark.parametrize("typed", ["", "Kolkata", "12", "dha"])
def test_what_is_no_district_is_none(typed):
    assert bangladesh.find_district(typed) is None
    assert bangladesh.district(typed) is None
    assert bangladesh.division_of(typed) is None
    assert bangladesh.district_name(typed) == typed


def test_a_form_has_every_district_under_its_division():
    groups = bangladesh.grouped_choices()
    assert [len(places) for _, places in groups] == [13, 11, 8, 10, 6, 4, 8, 4]
    assert groups[5] == (
        "Sylhet division",
        [
            ("habiganj", "Habiganj · হবিগঞ্জ"),
            ("moulvibazar", "Moulvibazar · মৌলভীবাজার"),
            ("sunamganj", "Sunamganj · সুনামগঞ্জ"),
            ("sylhet", "Sylhet · সিলেট"),
        ],
    )
    assert bangladesh.division_of("habiganj").name == "Sylhet"

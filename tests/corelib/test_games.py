"""The game registry says for each of the nine games what the product says."""

import xml.etree.ElementTree as ET
from itertools import combinations

import pytest

from apps.corelib import games, marks

# Code, name, side, ID columns: the product's table.
TABLE = [
    ("valorant", "Valorant", "5", ["riot_id"]),
    ("cs2", "Counter-Strike 2", "5", ["steam_id"]),
    ("dota2", "Dota 2", "5", ["steam_id"]),
    ("efootball", "eFootball", "1–2", ["efootball_id"]),
    ("fc26", "EA SPORTS FC", "1", ["ea_id"]),
    ("mlbb", "Mobile Legends: Bang Bang", "5", ["mlbb_id", "mlbb_server_id"]),
    ("codm", "Call of Duty: Mobile", "5", ["codm_uid"]),
    ("freefire", "Free Fire", "4", ["free_fire_id"]),
    ("pubgm", "PUBG Mobile", "4", ["pubg_mobile_id"]),
]


def test_the_registry_is_the_products_table_in_its_order():
    assert [
        (game.code, game.name, game.team_size_label, [field.name for field in game.id_fields])
        for game in games.GAMES.values()
    ] == TABLE


def test_choices_are_code_and_name():
    assert games.choices() == [(code, name) for code, name, _size, _fields in TABLE]


def test_an_unknown_game_is_named_with_those_that_exist():
    with pytest.raises(KeyError, match=r"no game 'chess'; there are valorant, cs2, .*pubgm"):
        games.get("chess")


@pytest.mark.parametrize("game", games.GAMES.values(), ids=lambda game: game.code)
def test_every_game_can_field_a_team_and_has_what_pages_show(game):
    assert 1 <= game.roster_min <= game.starters == game.team_size
    assert game.roster_max == game.starters + game.substitutes <= 8
    assert len(game.roles) == len(set(game.roles)) >= 2
    assert all(1 <= len(role) <= 20 for role in game.roles)
    assert len(game.code) <= 20
    # The mark must stay a path that an attribute can hold.
    assert ET.fromstring(f'<path d="{game.mark}"/>').get("d").startswith("M")


def test_hues_of_any_two_games_can_be_told_apart():
    for one, other in combinations(games.GAMES.values(), 2):
        apart = abs(one.hue - other.hue)
        assert min(apart, 360 - apart) >= 12, f"{one.code} and {other.code}"


@pytest.mark.parametrize("game", games.GAMES.values(), ids=lambda game: game.code)
def test_the_example_of_a_game_is_itself_a_right_id(game):
    assert game.format_id(game.parse_id(game.id_example)) == game.id_example


def test_the_steam_id_serves_two_games():
    assert [game.code for game in games.games_of_field("steam_id")] == ["cs2", "dota2"]


@pytest.mark.parametrize("game", games.GAMES.values(), ids=lambda game: game.code)
def test_a_mark_reads_on_its_tile(game):
    drawn = marks.game_mark(game.code, label=game.name)
    assert f'd="{game.mark}"' in drawn
    assert f'aria-label="{game.name}"' in drawn
    assert contrast(marks.colour_of(game.hue), "#1B2333") >= 3


def contrast(one, other):
    """Return the contrast ratio of WCAG 2.2."""

    def luminance(colour):
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)

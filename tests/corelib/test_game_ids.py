"""Typed game IDs are repaired where that is harmless, and otherwise refused with reason and example."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.corelib import games
from apps.corelib.game_ids import GameIdError

RIGHT = [
    ("riot_id", "Rafi#BD1", "Rafi#BD1"),
    ("riot_id", "abc#123", "abc#123"),
    ("riot_id", "abcdefghijklmnop#ABCDE", "abcdefghijklmnop#ABCDE"),
    ("riot_id", "  Rafi  #  BD1 ", "Rafi#BD1"),
    ("riot_id", "Two  Words#EUW", "Two Words#EUW"),
    ("riot_id", "Rafi＃BD1", "Rafi#BD1"),
    ("riot_id", "Rafi#বিডি১".replace("বিডি", "BD"), "Rafi#BD1"),
    ("riot_id", "Rafi#ＢＤ１", "Rafi#BD1"),
    ("riot_id", "রাফি#BD1", "রাফি#BD1"),
    ("riot_id", "\u202aRafi#BD1\u202c", "Rafi#BD1"),
    ("steam_id", "76561198000000042", "76561198000000042"),
    ("steam_id", "7656 1198 0000 00042", "76561198000000042"),
    ("steam_id", "৭৬৫৬১১৯৮০০০০০০০৪২", "76561198000000042"),
    ("steam_id", "７６５６１１９８０００００００４２", "76561198000000042"),
    ("steam_id", "https://steamcommunity.com/profiles/76561198000000042/", "76561198000000042"),
    ("efootball_id", "ABCD-123-456-789", "ABCD-123-456-789"),
    ("efootball_id", " ABCD–123–456–789 ", "ABCD-123-456-789"),
    ("ea_id", "@rafi_fc26", "rafi_fc26"),
    ("mlbb_id", "123456789", "123456789"),
    ("mlbb_server_id", "২৩৪৫", "2345"),
    ("codm_uid", "6742301234567890123", "6742301234567890123"),
    ("free_fire_id", "১২৩৪৫৬৭৮৯০", "1234567890"),
    ("pubg_mobile_id", "5123-456-789", "5123456789"),
]

WRONG = [
    ("riot_id", "Rafi", "You typed no #."),
    ("riot_id", "Ra#BD1", "The name before # has 2 characters."),
    ("riot_id", "a" * 17 + "#BD1", "The name before # has 17 characters."),
    ("riot_id", "Rafi#BD", "The tag after # has 2 characters."),
    ("riot_id", "Rafi#BD1234", "The tag after # has 6 characters."),
    ("riot_id", "Rafi#B-D", "The tag “B-D” has something other than letters A–Z and digits."),
    ("riot_id", "Rafi#BD1#X", "You typed more than one #."),
    ("steam_id", "rafi", "a custom profile name is not the ID"),
    ("steam_id", "7656119800000004", "You typed 16 digits."),
    ("steam_id", "76561198000000042000", "You typed 20 digits."),
    ("steam_id", "12345678901234567", "You typed a number that starts with 1234567."),
    ("efootball_id", "ab", "You typed 2 characters."),
    ("efootball_id", "ab$cd", "You typed “$”."),
    ("ea_id", "abc", "You typed 3 characters."),
    ("ea_id", "a" * 17, "You typed 17 characters."),
    ("mlbb_id", "12345", "You typed 5 digits."),
    ("mlbb_id", "12345a789", "You typed “a”, which is not a digit."),
    ("mlbb_id", "0123456789", "An ID does not start with 0."),
    ("mlbb_server_id", "12", "You typed 2 digits."),
    ("codm_uid", "1" * 21, "You typed 21 digits."),
    ("free_fire_id", "1", "You typed 1 digit."),
    ("free_fire_id", "UID:123456789", "You typed “U”, which is not a digit."),
    ("pubg_mobile_id", "5" * 13, "You typed 13 digits."),
]


@pytest.mark.parametrize(("name", "typed", "stored"), RIGHT)
def test_a_right_id_is_taken_and_harmless_differences_repaired(name, typed, stored):
    assert games.ID_FIELDS[name].clean(typed) == stored


@pytest.mark.parametrize(("name", "typed", "reason"), WRONG)
def test_a_wrong_id_is_refused_with_rule_reason_and_example(name, typed, reason):
    field = games.ID_FIELDS[name]
    with pytest.raises(GameIdError) as refusal:
        field.clean(typed)
    assert refusal.value.field == name
    assert str(refusal.value).startswith(field.coach)
    assert reason in str(refusal.value)
    assert str(refusal.value).endswith(f"Example: {field.example}.")


def test_the_coach_says_what_a_riot_id_looks_like():
    with pytest.raises(GameIdError) as refusal:
        games.ID_FIELDS["riot_id"].clean("Rafi")
    assert str(refusal.value) == (
        "Riot ID looks like Name#TAG: 3–16 characters, #, 3–5 letters or digits. You typed no #. Example: Rafi#BD1."
    )


@pytest.mark.parametrize("field", games.ID_FIELDS.values(), ids=lambda field: field.name)
@pytest.mark.parametrize("nothing", ["", "   ", "\u200b", "\t\n"])
def test_nothing_stays_nothing(field, nothing):
    assert field.clean(nothing) == ""


@pytest.mark.parametrize("field", games.ID_FIELDS.values(), ids=lambda field: field.name)
def test_every_field_has_words_for_the_page_and_fits_its_column(field):
    assert field.label
    assert field.where.endswith(".")
    assert field.clean(field.example) == field.example
    assert len(field.example) <= field.max_length


@given(field=st.sampled_from(list(games.ID_FIELDS.values())), typed=st.text(max_size=40))
@example(field=games.ID_FIELDS["riot_id"], typed="abc\x00#BD1")
def test_whatever_is_typed_is_refused_in_words_or_stored_as_the_database_wants_it(field, typed):
    try:
        stored = field.clean(typed)
    except GameIdError as refusal:
        assert refusal.field == field.name  # noqa: PT017 - either outcome is right
        return
    assert stored == "" or re.fullmatch(field.pattern, stored)
    assert len(stored) <= field.max_length
    assert "\x00" not in stored
    assert field.clean(stored) == stored


@given(data=st.data(), field=st.sampled_from(list(games.ID_FIELDS.values())))
def test_every_value_of_the_pattern_is_taken_as_it_is(data, field):
    alphabet = st.characters(min_codepoint=33, max_codepoint=126)
    value = data.draw(
        st.from_regex(field.pattern.replace("[^#]", "[A-Za-z0-9]").replace("$", r"\Z"), alphabet=alphabet)
    )
    assert field.clean(value) == value


@pytest.mark.parametrize(
    "typed",
    [
        "123456789 (2345)",
        "123456789(2345)",
        "123456789 2345",
        "123456789-2345",
        "১২৩৪৫৬৭৮৯ (২৩৪৫)",
        "1234 56789 (2345)",
    ],
)
def test_mlbb_is_understood_in_one_line(typed):
    assert games.get("mlbb").parse_id(typed) == {"mlbb_id": "123456789", "mlbb_server_id": "2345"}


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ("123456789", "mlbb_server_id", "Mobile Legends: Bang Bang needs MLBB server ID too."),
        ("123456789 (12)", "mlbb_server_id", "You typed 2 digits."),
        ("1 2 3", "mlbb_id", "MLBB ID looks like 123456789 (2345). You typed 3 numbers."),
    ],
)
def test_half_an_mlbb_id_is_refused_at_the_half_that_is_wrong(typed, field, reason):
    with pytest.raises(GameIdError) as refusal:
        games.get("mlbb").parse_id(typed)
    assert refusal.value.field == field
    assert reason in str(refusal.value)


def test_an_empty_line_empties_both_halves():
    assert games.get("mlbb").parse_id(" ") == {"mlbb_id": "", "mlbb_server_id": ""}

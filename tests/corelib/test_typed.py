"""Names, texts and phone numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.corelib import typed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Rafi   Hossain ", "Rafi Hossain"),
        ("রাফি", "রাফি"),
        ("র\u200dযাব", "র\u200dযাব"),  # the joiner is part of how Bangla is written
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("a\x00b\x07c", "abc"),
        ("cafe\u0301", "café"),
    ],
)
def test_a_name_is_tidied(text, name):
    assert typed.display_name(text) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "at least two letters"),
        ("…!", "at least two letters"),
        ("\u200b\u200b", "at least two letters"),
        ("a" * 41, "at most 40 characters. Yours has 41."),
        ("Zalgo" + "\u0301\u0302\u0303\u0304\u0305", "too many marks"),
    ],
)
def test_a_name_nobody_can_read_is_refused(text, reason):
    with pytest.raises(typed.InputError, match=reason):
        typed.display_name(text)


def test_a_text_keeps_its_paragraphs_and_loses_the_rest():
    assert typed.paragraphs(" one \r\n\r\n\r\n\r\n two\tthree \x00\n\n") == "one\n\ntwo three"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("01712-345678", "+8801712345678"),
        ("০১৭১২৩৪৫৬৭৮", "+8801712345678"),
        ("+880 1712 345678", "+8801712345678"),
        ("8801712345678", "+8801712345678"),
        ("008801712345678", "+8801712345678"),
        ("+44 20 7946 0958", "+442079460958"),
        ("", ""),
    ],
)
def test_a_phone_number_is_written_one_way(text, number):
    assert typed.phone(text) == number


@pytest.mark.parametrize("text", ["123", "01112-345678", "+0123456789", "call me", "+880171234567890123"])
def test_what_is_no_phone_number_is_refused_with_an_example(text):
    with pytest.raises(typed.InputError, match="01712-345678"):
        typed.phone(text)


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(text):
    assert typed.one_line(typed.one_line(text)) == typed.one_line(text)
    assert typed.paragraphs(typed.paragraphs(text)) == typed.paragraphs(text)

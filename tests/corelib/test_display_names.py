"""One spelling for a typed name."""

import pytest

from apps.corelib.display_names import tidy


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("  Dhaka   Wolves ", "Dhaka Wolves"),
        ("Dhaka\tWolves\n", "Dhaka Wolves"),
        ("Ｄｈａｋａ", "Dhaka"),
        ("Dha\u200bka", "Dhaka"),
        ("\u202eakahD", "akahD"),
        ("Dha\u200dka", "Dhaka"),
        ("Dhaka\u00a0Wolves", "Dhaka Wolves"),
        ("র\u200d্যাপিড", "র\u200d্যাপিড"),
        ("ক\u200c্ষ", "ক\u200c্ষ"),
        ("\u200dক", "ক"),
        ("Cox's Current 🏆", "Cox's Current 🏆"),
        ("", ""),
    ],
)
def test_what_looks_the_same_is_the_same(typed, tidied):
    assert tidy(typed) == tidied


def test_tidying_twice_changes_nothing():
    for name in ("  Ｄ ", "র\u200d্যা", "ﬁne Team"):
        assert tidy(tidy(name)) == tidy(name)

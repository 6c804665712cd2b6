"""Contrast, computed from the style sheet itself."""

import re

import pytest
from django.conf import settings

from apps.common.templatetags import ui
from tests.corelib.test_crest import contrast

CSS = settings.BASE_DIR / "static" / "siteui" / "css"
TOKENS = (CSS / "tokens.css").read_text()
GROUNDS = ("ground", "surface", "raised")
TEXTS = ("text", "muted", "faint", "crown", "delta", "danger", "info", "rare")
SERIES = tuple(f"series-{number}" for number in range(1, 7))


def block(selector: str) -> dict[str, str]:
    """Return the tokens that the rule of ``selector`` sets."""
    body = re.search(re.escape(selector) + r"\s*\{([^}]*)\}", TOKENS)
    assert body, f"tokens.css has no rule {selector}"
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body[1]))


THEMES = {"dark": block(':root, [data-theme="dark"]'), "light": block('[data-theme="light"]')}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_reads_on_every_ground(theme: str, ground: str, text: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_controls_and_the_focus_ring_stand_out_from_every_ground(theme: str, ground: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens["control"], tokens[ground]) >= 3
    assert contrast(tokens["info"], tokens[ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("series", SERIES)
def test_chart_colours_stand_out_from_cards(theme: str, series: str) -> None:
    assert contrast(THEMES[theme][series], THEMES[theme]["surface"]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_words_on_fills_read(theme: str) -> None:
    tokens, ink = THEMES[theme], block("\n:root")["ink"]
    assert contrast(ink, tokens["crown-fill"]) >= 4.5
    assert contrast(ink, tokens["crown-fill-hover"]) >= 4.5
    assert contrast(tokens["on-danger"], tokens["danger-fill"]) >= 4.5
    assert contrast(tokens["ground"], tokens["text"]) >= 4.5


def test_a_device_that_asks_for_light_gets_the_same_light_as_the_switch() -> None:
    assert block(":root:not([data-theme])") == THEMES["light"]


def test_both_themes_set_the_same_tokens() -> None:
    assert THEMES["dark"].keys() == THEMES["light"].keys()


def test_components_take_every_colour_from_a_token() -> None:
    """White at some transparency, for letters behind a picture, is the one exception."""
    named = re.compile(r"#[0-9a-fA-F]{3,8}\b(?!\s*\{)")
    found = {
        (file.name, colour)
        for file in CSS.glob("components/*.css")
        for colour in named.findall(re.sub(r"url\([^)]*\)", "", file.read_text()))
    }
    assert found == {("identity-header.css", "#FFFFFF2B")}


def test_every_token_that_is_used_exists() -> None:
    known = {name for rule in re.findall(r"\{([^{}]*)\}", TOKENS) for name in re.findall(r"--([\w-]+):", rule)}
    for file in CSS.rglob("*.css"):
        text = file.read_text()
        local = set(re.findall(r"--([\w-]+):", text))
        # With a fallback, a token may come from the part that uses the rule.
        assert set(re.findall(r"var\(--([\w-]+)\)", text)) <= known | local, file.name


@pytest.mark.parametrize("theme", THEMES)
def test_the_browser_s_bar_has_the_colour_of_the_ground(theme: str) -> None:
    assert ui.GROUNDS[theme] == THEMES[theme]["ground"]

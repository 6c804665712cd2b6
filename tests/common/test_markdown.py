"""What people write, as HTML that can do no harm."""

import re

import pytest

from apps.common.markdown import plain, render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** *soft* ~~gone~~", "<p><strong>bold</strong> <em>soft</em> <s>gone</s></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("# no heading", "<p># no heading</p>"),
        ("রাত ৯টায় **স্ক্রিম**", "<p>রাত ৯টায় <strong>স্ক্রিম</strong></p>"),
        (
            "https://a.example/x",
            '<p><a href="https://a.example/x" rel="nofollow ugc noopener noreferrer">https://a.example/x</a></p>',
        ),
    ],
)
def test_marks_become_html(text, html):
    assert render(text).strip() == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://a.example/pixel.png)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<style>*{display:none}</style>",
        '<a href="https://a.example" style="position:fixed">x</a>',
        "`<b onclick=x>`",
        "&lt;script&gt;",
    ],
)
def test_nothing_that_runs_comes_through(text):
    html = render(text)
    for danger in (r"<script", r"<img", r"<style", r'href="(?i:javascript|data)', r"<[^>]* style=", r"<[^>]* on\w+="):
        assert not re.search(danger, html), danger


def test_deep_and_long_texts_end_soon():
    assert len(render("> " * 2500)) < 100_000
    assert len(render("[" * 5000)) < 100_000
    assert len(render("*a" * 2500)) < 200_000


def test_plain_words_have_no_marks_and_are_not_escaped():
    assert plain("**We** won\n\n- 2 & 0\n- <b>") == "We won 2 & 0 <b>"

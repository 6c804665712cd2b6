"""What people write, as HTML that can do no harm.

Two walls: the parser takes no HTML, no pictures and no headings, and what it makes goes through an allow-list.
"""

from html import unescape

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}

# A page has its own headings, and pictures of others would tell them who reads.
_parser = MarkdownIt("js-default", {"html": False, "linkify": True, "breaks": True}).disable(
    ["image", "heading", "lheading", "table"]
)


def render(text: str) -> SafeString:
    """Return ``text`` as HTML: paragraphs, emphasis, lists, quotes, code and links that search engines don't follow."""
    html = nh3.clean(
        _parser.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow ugc noopener noreferrer",
    )
    return SafeString(html)


def plain(text: str) -> str:
    """Return the words of ``text`` in one line, without its marks: for previews and descriptions. Not escaped."""
    return " ".join(unescape(nh3.clean(_parser.render(text), tags=set())).split())

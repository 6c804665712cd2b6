"""The pages of docs/runbooks as HTML, for whoever has the admin and nothing else at hand."""

import re
from pathlib import Path

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_SLUG = re.compile(r"[a-z][a-z-]*\Z")
_LINK = re.compile(r'href="([a-z-]+)\.md"')
_TABLE = re.compile(r"(<table>.*?</table>)", re.DOTALL)


def slugs() -> list[str]:
    """Return the names of all pages."""
    return sorted(page.stem for page in _folder().glob("*.md"))


def title(slug: str) -> str:
    """Return what a page is called. Raises ``FileNotFoundError``."""
    return _text(slug).splitlines()[0].removeprefix("# ")


def html(slug: str) -> SafeString:
    """Return a page without its title, with links that lead on inside the admin. Raises ``FileNotFoundError``."""
    # Our own words out of our own release: nothing in it is anybody's input.
    drawn = MarkdownIt("commonmark", {"html": False}).enable("table").render(_text(slug).split("\n", 1)[1])
    drawn = _LINK.sub(lambda found: f'href="{address(found.group(1))}"', drawn)
    drawn = _TABLE.sub(
        r'<div class="ops-scroll" tabindex="0" role="region" aria-label="Table">\1</div>', drawn
    ).replace("<table>", '<table class="ops-table">')
    return SafeString(drawn)


def address(slug: str) -> str:
    """Return where the page is in the admin; empty when there is none of this name."""
    if not _SLUG.match(slug) or not (_folder() / f"{slug}.md").is_file():
        return ""
    try:
        return reverse("admin:core_operations_runbook", args=[slug])
    except NoReverseMatch:
        return ""


def _text(slug: str) -> str:
    if not _SLUG.match(slug):
        raise FileNotFoundError(slug)
    return (_folder() / f"{slug}.md").read_text()


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "runbooks"

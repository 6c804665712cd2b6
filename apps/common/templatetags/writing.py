"""What people wrote, on a page."""

from django import template
from django.utils.safestring import SafeString

from apps.common import markdown as markdown_

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Return Markdown as HTML that can do no harm."""
    return markdown_.render(text)


@register.filter
def plain_words(text: str) -> str:
    """Return the words of Markdown in one line; escaped like any text."""
    return markdown_.plain(text)

"""What members write, as HTML."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe

from apps.teams.models import ChatMessage
from apps.teams.selectors import mentions

register = template.Library()


@register.filter
def chat_body(message: ChatMessage) -> SafeString:
    """Escape the words; make links and @names followable. Line breaks are the style sheet's."""
    parts: list[str] = []
    for text, name in mentions.pieces(message.body):
        if name:
            parts.append(format_html('<a class="chat-mention" href="{}">{}</a>', _profile(name), text))
        else:
            parts.append(urlize(text, nofollow=True, autoescape=True))
    return mark_safe("".join(parts))


def _profile(name: str) -> str:
    return reverse("user_profile:profile", args=[name])

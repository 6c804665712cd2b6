"""Tidy words for posts and the board: what stands before a line means something in Markdown, the rest is one line."""

from apps.core.errors import DomainError
from apps.corelib import typed


def markdown_of(text: str, *, longest: int, what: str) -> str:
    """Return ``text`` tidied. Raises ``DomainError`` when nothing is left or it is too long."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    kept = [" " * (len(line) - len(line.lstrip(" "))) + typed.one_line(line) for line in lines]
    body = "\n".join(line.rstrip() for line in kept).strip("\n")
    if not body.strip():
        raise DomainError("Write something first.", field="body")
    if len(body) > longest:
        raise DomainError(f"{what} has at most {longest} characters. Yours has {len(body)}.", field="body")
    return body


def title_of(text: str, *, example: str) -> str:
    """Return a title of at most 120 characters. Raises ``DomainError``."""
    title = typed.one_line(text)
    if not title:
        raise DomainError(f"Give it a title, like “{example}”.", field="title")
    if len(title) > 120:
        raise DomainError(f"A title has at most 120 characters. Yours has {len(title)}.", field="title")
    return title

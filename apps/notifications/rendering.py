"""Turns a registered type and its context into the words and the link that are stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.encoding import iri_to_uri

from apps.notifications.registry import NotificationType

TITLE_LENGTH = 200
URL_LENGTH = 500


@dataclass(frozen=True)
class Rendered:
    title: str
    body: str
    url: str
    context: dict[str, Any]
    # What the title was made of, for the title of a bundle.
    names: Mapping[str, Any] = field(default_factory=dict)


def display_name(user: Any) -> str:
    """Return how a person is called on the site. Somebody without a profile goes by the username."""
    profile = getattr(user, "profile", None)
    return (profile.display_name if profile else "") or user.get_username()


def reference(subject: Any) -> str:
    """Return how a row is named across apps without a foreign key: ``teams.team:12``."""
    return f"{subject._meta.label_lower}:{subject.pk}" if subject is not None else ""


def render(kind: NotificationType, *, actor: Any, subject: Any, context: Mapping[str, Any] | None) -> Rendered:
    """Fill in the type's words.

    The context is stored, so it is brought to plain JSON first: what can't be stored fails here and not in a job.

    Raises:
        KeyError: A placeholder has no value.
        ValueError: The link leaves the site.
    """
    plain = _plain(context)
    names = dict(plain)
    if actor is not None:
        names.setdefault("actor", display_name(actor))
    if subject is not None:
        names.setdefault("subject", str(subject))
    title = " ".join(kind.title.format_map(names).split())
    if kind.bundle:
        kind.bundle.format_map({"others": "", **names})
    if kind.mail_subject:
        # The mail is built later from what is stored, so the names are stored too. A missing word fails here.
        kind.mail_subject.format_map({"title": title, **names})
        plain = names
    return Rendered(
        title=_cut(title),
        body=kind.body.format_map(names).strip(),
        url=_link(kind, names, subject),
        context=plain,
        names=names if kind.bundle else {},
    )


def bundle_title(kind: NotificationType, rendered: Rendered, *, others: int) -> str:
    """Return the title of unread news of several people: whose is the newest, and how many others'."""
    words = "1 other" if others == 1 else f"{others} others"
    return _cut(" ".join(kind.bundle.format_map({**rendered.names, "others": words}).split()))


def verbatim(kind: NotificationType, *, title: str, body: str, url: str, context: Mapping[str, Any] | None) -> Rendered:
    """Take the words as they are given, instead of the type's own.

    Raises:
        KeyError: The subject of the type's mail names a word that the context has not.
        ValueError: The link leaves the site, or there is no title.
    """
    plain = _plain(context)
    words = _cut(" ".join(title.replace("\x00", "").split()))
    if not words:
        raise ValueError(f"{kind.code}: a title is needed.")
    if kind.mail_subject:
        kind.mail_subject.format_map({"title": words, **plain})
    return Rendered(
        title=words, body=body.replace("\x00", "").strip(), url=_inside(kind, url) if url else "", context=plain
    )


def _plain(context: Mapping[str, Any] | None) -> dict[str, Any]:
    text = json.dumps(dict(context or {}), cls=DjangoJSONEncoder)
    plain: dict[str, Any] = json.loads(text.replace("\\u0000", ""))  # PostgreSQL stores no NUL
    return plain


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"


def _link(kind: NotificationType, names: Mapping[str, Any], subject: Any) -> str:
    if callable(kind.url):
        url = kind.url(names)
    elif kind.url:
        url = kind.url.format_map(names)
    else:
        url = subject.get_absolute_url() if hasattr(subject, "get_absolute_url") else ""
    return _inside(kind, url)


def _inside(kind: NotificationType, url: str) -> str:
    if len(iri_to_uri(url)) > URL_LENGTH:
        raise ValueError(f"{kind.code}: the link is longer than {URL_LENGTH} characters.")
    # Two slashes or a backslash would be another host to a browser.
    if url and (not url.startswith("/") or url.startswith("//") or "\\" in url):
        raise ValueError(f"{kind.code}: {url!r} is no path of this site.")
    return iri_to_uri(url)

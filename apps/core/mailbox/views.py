"""The mailbox page. There is none outside development: its mails hold links that log people in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from apps.core.mailbox import store

PAGE_SIZE = 50

# The mail's HTML runs in an origin of its own, loads nothing, and its links open a new tab.
HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def development_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.ENVIRONMENT != "development":
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(guarded)


@development_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    mails = store.newest(before=request.GET.get("before", ""), limit=PAGE_SIZE + 1)
    older = mails[PAGE_SIZE - 1].id if len(mails) > PAGE_SIZE else ""
    words = {"mails": mails[:PAGE_SIZE], "older": older, "total": store.count()}
    return render(request, "core/mailbox/index.html", words)


@development_only
@require_safe
def detail(request: HttpRequest, mail_id: str) -> HttpResponse:
    return render(request, "core/mailbox/detail.html", {"mail": _find(mail_id)})


@development_only
@require_safe
@xframe_options_sameorigin
def html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The HTML part alone, for the frame on the detail page."""
    content = _find(mail_id).html
    if not content:
        raise Http404
    # A base without an address: it only makes links leave the frame.
    answer = HttpResponse('<!doctype html><base target="_blank">' + content)
    answer["Content-Security-Policy"] = HTML_POLICY
    return answer


@development_only
@require_safe
def source(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The mail as it would go to the mail server."""
    answer = HttpResponse(_find(mail_id).raw, content_type="text/plain; charset=utf-8")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@development_only
@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    deleted = store.clear()
    messages.success(request, f"Deleted {deleted} mail{'' if deleted == 1 else 's'}.")
    return redirect("mailbox:index")


def _find(mail_id: str) -> store.StoredMail:
    mail = store.find(mail_id)
    if mail is None:
        raise Http404
    return mail

"""Pages that people read: about, FAQ, terms, privacy."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.corelib import games
from apps.corepages import selectors


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what DeltaCrown is."""
    return render(request, "corepages/about.html", {"games": games.GAMES.values()})


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    """Answer what people ask; ``?q=`` narrows it down."""
    search = request.GET.get("q", "").strip()[:80]
    return render(request, "corepages/faq.html", {"topics": selectors.find_answers(search), "search": search})


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Say what people agree to."""
    return render(request, "corepages/terms.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is stored, why and for how long."""
    return render(request, "corepages/privacy.html")

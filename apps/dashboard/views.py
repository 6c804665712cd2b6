"""The member's home."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.dashboard import selectors


@require_safe
@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs the member now, then their teams, then the news."""
    return render(request, "dashboard/home.html", {"home": selectors.home(request.user)})

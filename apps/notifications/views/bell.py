"""What the bell in the header loads."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.notifications import selectors


@never_cache
@login_required
@require_safe
def menu(request: HttpRequest) -> HttpResponse:
    """The newest ones, for the panel under the bell."""
    items = selectors.menu(request.user)
    words = {"items": items, "newest_id": items[0].pk if items else 0, "unread": selectors.unread_count(request.user)}
    return render(request, "notifications/menu.partial.html", words)


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """What the socket would say, for browsers that can't open one. Asked every half minute, so it never redirects."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "login_required"}, status=401)
    after = request.GET.get("after", "")
    if not (after.isascii() and after.isdigit()):
        return JsonResponse(selectors.bell_state(request.user))
    return JsonResponse(selectors.missed(request.user, after=int(after), continued=request.GET.get("continued") == "1"))

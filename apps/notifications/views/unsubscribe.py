"""The link in every mail that stops them: by the mail program in one click (RFC 8058), or by a person on a page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.core.errors import NotFound
from apps.notifications import registry, services, unsubscribing
from apps.notifications.constants import DIGEST


@csrf_exempt  # mail programs post without a cookie; the signed link is the permission
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, because programs that look for viruses open every link. POST does it."""
    target = unsubscribing.read(token)
    if target is None:
        raise Http404
    done = ""
    if request.method == "POST":
        back = request.POST.get("do") == "subscribe"
        try:
            services.unsubscribe(target=target, opt_out=not back)
        except NotFound as refusal:
            raise Http404(refusal.message) from refusal
        done = "subscribed" if back else "unsubscribed"
    kind = registry.find(target.type) if target.only_this_kind else None
    words = {
        "done": done,
        "has_account": bool(target.user_id),
        "digest": target.type == DIGEST,
        "kind": kind,
        "all_path": unsubscribing.path_of_all(target) if kind else "",
    }
    answer = render(request, "notifications/unsubscribe.html", words)
    answer["Referrer-Policy"] = "no-referrer"  # the address is the permission
    return answer

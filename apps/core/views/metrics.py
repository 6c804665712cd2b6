"""``/metrics``: for Prometheus, and for nobody else."""

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core.metrics import exposition

REFUSAL = "Metrics are for this machine, for METRICS_NETWORKS, and for who sends METRICS_TOKEN.\n"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read(request):
        return HttpResponse(REFUSAL, status=403, content_type="text/plain; charset=utf-8")
    page, content_type = exposition.as_text(request.headers.get("Accept", ""))
    return HttpResponse(page, content_type=content_type, headers={"Cache-Control": "no-store"})


def may_read(request: HttpRequest) -> bool:
    """Whether the token is sent, or it comes straight from this machine or a named network.

    Past a proxy everybody comes from the proxy's address, so there only the token counts.
    """
    word, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and word.lower() == "bearer":
        return hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback or any(address in network for network in settings.METRICS_NETWORKS)

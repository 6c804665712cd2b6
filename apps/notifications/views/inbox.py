"""The list of one's notifications, and what can be done with each."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.errors import NotFound
from apps.notifications import registry, selectors, services
from apps.notifications.constants import UNREAD_CAP


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Newest first, all or unread, of all groups or one."""
    groups = registry.groups()
    group = request.GET.get("group", "")
    if group not in groups:
        group = ""
    unread_only = request.GET.get("show") == "unread"
    before = request.GET.get("before", "")
    page = selectors.page(
        request.user,
        unread_only=unread_only,
        group=group,
        before=int(before) if before.isascii() and before.isdigit() else None,
    )
    unread = selectors.unread_count(request.user)
    words = {
        "page": page,
        "groups": groups,
        "group": group,
        "group_label": groups.get(group, ""),
        "unread_only": unread_only,
        "later_page": bool(before),
        "unread": unread,
        "unread_label": "99+" if unread >= UNREAD_CAP else unread,
        "newest_id": selectors.last_id(request.user),
    }
    return render(request, "notifications/index.html", words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_notification(request: HttpRequest, notification_id: int) -> HttpResponse:
    """POST marks read and goes to what it is about. GET only goes there, because browsers fetch links ahead."""
    if request.method == "POST":
        try:
            row = services.mark_read(actor=request.user, notification_id=notification_id)
        except NotFound as refusal:
            raise Http404(refusal.message) from refusal
    else:
        found = selectors.find(request.user, notification_id)
        if found is None:
            raise Http404
        row = found
    target = row.url if url_has_allowed_host_and_scheme(row.url, allowed_hosts=None) else ""
    return redirect(target or "notifications:index")


@login_required
@require_safe
def why(request: HttpRequest, notification_id: int) -> HttpResponse:
    """What it is, who caused it, and what became of it on each way to the person."""
    found = selectors.why(request.user, notification_id)
    if found is None:
        raise Http404
    return render(request, "notifications/why.html", {"why": found, "site_name": settings.SITE_NAME})


@login_required
@require_POST
def read(request: HttpRequest, notification_id: int) -> HttpResponse:
    return _marked(request, notification_id, as_read=True)


@login_required
@require_POST
def unread(request: HttpRequest, notification_id: int) -> HttpResponse:
    return _marked(request, notification_id, as_read=False)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark read what the page showed; what came since stays unread."""
    newest = request.POST.get("up_to", "")
    up_to = int(newest) if newest.isascii() and newest.isdigit() else None
    services.mark_all_read(actor=request.user, up_to=min(up_to, selectors.LARGEST_ID) if up_to is not None else None)
    return _back(request)


def _marked(request: HttpRequest, notification_id: int, *, as_read: bool) -> HttpResponse:
    act = services.mark_read if as_read else services.mark_unread
    try:
        row = act(actor=request.user, notification_id=notification_id)
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal
    if not request.headers.get("HX-Request"):
        return _back(request)
    answer = render(request, "notifications/row.partial.html", {"item": row, "swapped": True})
    answer["HX-Trigger"] = f'{{"notifications:counted": {{"unread": {selectors.unread_count(request.user)}}}}}'
    return answer


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the page the person was on: its filters stay."""
    there = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(there, allowed_hosts=None) and there.startswith("/")
    return redirect(there if here else reverse("notifications:index"))

"""Who comes to the desk: staff who may do what the page is for, and who proved who they are as for the admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from apps.accounts.middleware import AFTER_SECOND_FACTOR_KEY
from apps.accounts.permissions import needs_second_factor
from apps.ecommerce import permissions
from apps.ecommerce.permissions import Viewer

View = Callable[..., HttpResponse]
_TABS = (
    ("desk", "Orders", permissions.can_see_orders),
    ("desk_payments", "Payments", permissions.can_process_orders),
    ("desk_statements", "Statements", permissions.can_process_orders),
    ("desk_picking", "Pick list", permissions.can_process_orders),
    ("desk_stock", "Low stock", permissions.can_see_orders),
    ("desk_figures", "Figures", permissions.can_see_orders),
    ("desk_reviews", "Reviews", permissions.can_moderate_reviews),
)

# Pages that belong below a tab without being it.
_BELOW = {
    "desk_order": "desk",
    "desk_bulk": "desk",
    "desk_payment": "desk_payments",
    "desk_statement": "desk_statements",
}


def at_desk(check: Callable[[Viewer], None]) -> Callable[[View], View]:
    """Let in who passes ``check``; others get its sentence. Staff without a second factor set one up first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            check(request.user)
            if needs_second_factor(request.user):
                request.session[AFTER_SECOND_FACTOR_KEY] = (
                    request.get_full_path() if request.method == "GET" else reverse("ecommerce:desk")
                )
                return redirect("accounts:staff_second_factor")
            return view(request, *args, **kwargs)

        return login_required(never_cache(guarded))

    return decorate


def render_desk(request: HttpRequest, page: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the desk with the tabs that this person may open."""
    tabs = [
        {"label": label, "url": reverse(f"ecommerce:{name}"), "current": name == _BELOW.get(page, page)}
        for name, label, may in _TABS
        if may(request.user)
    ]
    return render(request, f"ecommerce/desk/{page}.html", {"tabs": tabs, **context}, status=status)

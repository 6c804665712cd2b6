"""What a member wants: the list, and the buttons of a product's page."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError
from apps.ecommerce.selectors import catalogue as selectors
from apps.ecommerce.services import wishes
from apps.ecommerce.views.requests import SignedInRequest

PAGE_SIZE = 24


@require_safe
@login_required
@never_cache
def wishlist(request: SignedInRequest) -> HttpResponse:
    """Show what the member wants and what they wait for."""
    page = keyset_page(
        selectors.wishlist(request.user), order=("-pk",), cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    context = {
        "page": page,
        "alerts": selectors.alerts(request.user),
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "ecommerce/wishlist.html", context)


@require_POST
@login_required
def wish(request: SignedInRequest, product_id: int) -> HttpResponse:
    """Put a product on the wishlist, or take it off with ``off``."""
    if request.POST.get("off"):
        return _act(
            request, lambda: wishes.remove_wish(actor=request.user, product_id=product_id), "Taken off your list."
        )
    return _act(request, lambda: wishes.add_wish(actor=request.user, product_id=product_id), "On your wishlist.")


@require_POST
@login_required
def alert(request: SignedInRequest, variant_id: int) -> HttpResponse:
    """Wait for a variant, or no longer with ``off``."""
    if request.POST.get("off"):
        return _act(
            request, lambda: wishes.cancel_alert(actor=request.user, variant_id=variant_id), "You don't wait any more."
        )
    said = "We tell you, once, when it is back."
    return _act(request, lambda: wishes.ask_alert(actor=request.user, variant_id=variant_id), said)


def _act(request: SignedInRequest, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it, say how it went, and go back to where the button was."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "ecommerce:wishlist")

"""/crownstore/cart/: what one means to buy, for members and visitors."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.ecommerce.selectors import carts
from apps.ecommerce.services import cart as services
from apps.ecommerce.services import pricing
from apps.ecommerce.views.catalogue import HtmxRequest
from apps.ecommerce.views.refusals import show_as_message

SESSION_KEY = "store_cart"


def key_of(request: HttpRequest) -> UUID | None:
    """Return the key of the visitor's cart, which their session holds."""
    if request.user.is_authenticated:
        return None
    kept = request.session.get(SESSION_KEY)
    try:
        return UUID(kept) if kept else None
    except (ValueError, TypeError, AttributeError):
        return None


@require_safe
@never_cache
def cart(request: HtmxRequest) -> HttpResponse:
    """Show the cart as it would be sold now."""
    return render(request, "ecommerce/cart.html", cart_context(request))


@require_POST
def add_to_cart(request: HtmxRequest, variant_id: int) -> HttpResponse:
    """Put something in, from a product's page."""
    back = request.POST.get("next", "")
    try:
        found = services.add(
            actor=request.user,
            key=key_of(request),
            variant_id=variant_id,
            quantity=_number(request, 1),
            currency=request.POST.get("currency", ""),
        )
    except DomainError as refusal:
        show_as_message(request, refusal)
        if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
            return redirect(back)
        return redirect("ecommerce:cart")
    if found.key:
        request.session[SESSION_KEY] = str(found.key)
    messages.success(request, "In your cart.")
    return redirect("ecommerce:cart")


@require_POST
def change_cart(request: HtmxRequest, variant_id: int) -> HttpResponse:
    """Change how many, or how they are paid."""
    refused = ""
    try:
        if currency := request.POST.get("currency", ""):
            services.pay_with(actor=request.user, key=key_of(request), variant_id=variant_id, currency=currency)
        else:
            services.set_quantity(
                actor=request.user, key=key_of(request), variant_id=variant_id, quantity=_number(request, -1)
            )
    except DomainError as refusal:
        if not request.htmx:
            show_as_message(request, refusal)
        refused = refusal.message
    if request.htmx:
        return render(
            request, "ecommerce/cart.partial.html", {**cart_context(request), "refused": refused, "swap": True}
        )
    return redirect("ecommerce:cart")


def cart_context(request: HttpRequest) -> dict[str, Any]:
    """Return the lines with their problems, and what they cost without the postage."""
    found = carts.cart_of(request.user, key_of(request))
    lines = carts.lines(request.user, found) if found else []
    return {
        "lines": lines,
        "quote": pricing.quote(user=request.user, lines=lines),
        "blocked": any(line.problem for line in lines),
        "count": sum(line.quantity for line in lines),
    }


def bring_cart(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Framework glue: who logs in brings what they collected as a visitor."""
    if kept := request.session.pop(SESSION_KEY, None):
        try:
            services.merge(user=user, key=UUID(kept))
        except (ValueError, TypeError, AttributeError):
            return


def _number(request: HttpRequest, missing: int) -> int:
    """Return the quantity that was typed; what is no number is left to the service to refuse."""
    typed = request.POST.get("quantity", "").strip()
    if not typed:
        return missing
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 else -1

"""/crownstore/checkout/: details, review, done. One column, and nothing is lost on the way."""

from dataclasses import asdict
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.errors import DomainError
from apps.ecommerce.constants import Provider
from apps.ecommerce.errors import CartEmpty, OrderKeyReused
from apps.ecommerce.forms import CheckoutForm
from apps.ecommerce.payments import PROVIDERS, offered
from apps.ecommerce.selectors import addresses, carts, orders
from apps.ecommerce.services import checkout as services
from apps.ecommerce.services import drafts, pricing
from apps.ecommerce.services.checkout import Details
from apps.ecommerce.services.pricing import Quote
from apps.ecommerce.views.refusals import show_in_form
from apps.ecommerce.views.requests import SignedInRequest

STEPS = ["Details", "Review", "Done"]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def checkout(request: SignedInRequest) -> HttpResponse:
    """Ask where it goes and how it is paid."""
    cart = carts.cart_of(request.user, None)
    lines = carts.lines(request.user, cart) if cart else []
    if not lines or any(line.problem for line in lines):
        return redirect("ecommerce:cart")
    quote = pricing.quote(user=request.user, lines=lines)
    book = list(addresses.address_book(request.user)) if quote.needs_shipping else []
    due = services.due_of(quote)
    ways = offered(due) if due.poisha or quote.needs_shipping else []
    form = CheckoutForm(
        request.POST if request.method == "POST" else None,
        is_sent=quote.needs_shipping,
        ways=[(code, provider.name) for code, provider in ways],
        initial=_initial(request, drafts.kept(cart), book),
    )
    if request.method == "POST" and form.is_valid():
        try:
            drafts.keep(actor=request.user, details=Details(**form.cleaned_data))
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            return redirect("ecommerce:review")
    context = {"form": form, "quote": quote, "lines": lines, "book": book, "ways": ways, "steps": STEPS}
    return render(request, "ecommerce/checkout.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def review(request: SignedInRequest) -> HttpResponse:
    """Show all of it once more, with the exact sum, and place the order.

    The key is made with this page. A double click, a lost answer and the back button send the same one.
    """
    cart = carts.cart_of(request.user, None)
    details = drafts.kept(cart)
    if details is None or cart is None:
        return redirect("ecommerce:cart")
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            return _place(request, details)
        except DomainError as refused:
            refusal = refused
    try:
        quote = services.checked_quote(actor=request.user, cart=cart, details=details)
        services.check_details(details, quote)
    except CartEmpty:
        return _to_latest(request)
    except DomainError as refused:
        messages.error(request, (refusal or refused).message)
        return redirect("ecommerce:cart" if refused.field == "cart" else "ecommerce:checkout")
    status = refusal.status if refusal else 200
    return render(request, "ecommerce/review.html", _review(details, quote, refusal), status=status)


def _place(request: SignedInRequest, details: Details) -> HttpResponse:
    """Place the order and show it; what is refused for another reason than an earlier click goes up."""
    try:
        order = services.place_order(
            actor=request.user,
            details=details,
            seen=request.POST.get("seen", ""),
            idempotency_key=request.POST.get("key", ""),
        )
    except CartEmpty:
        return _to_latest(request)
    except OrderKeyReused as refused:
        messages.info(request, refused.message)
        return redirect("ecommerce:orders")
    return redirect(f"{order.get_absolute_url()}?placed=1")


def _review(details: Details, quote: Quote, refusal: DomainError | None) -> dict[str, Any]:
    return {
        "steps": STEPS,
        "details": details,
        "quote": quote,
        "provider": PROVIDERS[details.provider],
        "by_coins": details.provider == Provider.COINS,
        "refusal": refusal,
        "key": uuid4().hex,
        "rows": list(zip(quote.lines, quote.discounts, strict=True)),
    }


def _to_latest(request: SignedInRequest) -> HttpResponse:
    """Another tab or an earlier click ordered this cart: show that order instead of an empty page."""
    latest = orders.latest_order(request.user)
    if latest is None:
        return redirect("ecommerce:cart")
    messages.info(request, f"Your cart is empty: this is your latest order, {latest.number}.")
    return redirect(latest)


def _initial(request: SignedInRequest, draft: Details | None, book: list[Any]) -> dict[str, str]:
    """Begin with the address that was asked for, what was typed last, or the default one."""
    wanted = request.GET.get("address", "")
    chosen = next((address for address in book if str(address.pk) == wanted), None)
    begun = asdict(draft) if draft else {}
    if chosen is None and not begun.get("street"):
        chosen = book[0] if book else None
    if chosen is not None:
        names = ("name", "phone", "district", "area", "street", "postcode")
        begun |= {name: getattr(chosen, name) for name in names}
    return begun

"""/crownstore/checkout/: details, review, done. One column, and nothing is lost on the way."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.core.errors import DomainError
from apps.ecommerce.constants import Provider
from apps.ecommerce.errors import CartEmpty, OrderKeyReused
from apps.ecommerce.forms import CheckoutForm
from apps.ecommerce.models import Cart
from apps.ecommerce.payments import PROVIDERS, offered
from apps.ecommerce.selectors import addresses, carts, orders
from apps.ecommerce.selectors import loyalty as loyalty_selectors
from apps.ecommerce.services import checkout as services
from apps.ecommerce.services import drafts, judging, loyalty, pricing
from apps.ecommerce.services.judging import Details
from apps.ecommerce.services.pricing import Quote
from apps.ecommerce.views.refusals import show_as_message, show_in_form
from apps.ecommerce.views.requests import SignedInRequest

STEPS = ["Details", "Review", "Done"]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def checkout(request: SignedInRequest) -> HttpResponse:
    """Ask where it goes and how it is paid. ``?check=1`` says at once what is wrong with what is kept: the review sends
    whoever can't order with it any more there.
    """
    cart = carts.cart_of(request.user, None)
    lines = carts.lines(request.user, cart) if cart else []
    if cart is None or not lines or (request.method != "POST" and any(line.problem for line in lines)):
        return redirect("ecommerce:cart")
    plain = pricing.quote(user=request.user, lines=lines)
    book = list(addresses.address_book(request.user)) if plain.needs_shipping else []
    due = judging.due_of(plain)
    ways = offered(due) if due.poisha or plain.needs_shipping else []
    chooses = request.method == "POST" and bool({"use_points", "use_coupon"} & request.POST.keys())
    draft = drafts.kept(cart)
    initial, why_not = _with_coupon(request) if chooses else (_initial(request, draft, book), "")
    given = _given(request, draft) if not chooses else None
    form = CheckoutForm(
        given, is_sent=plain.needs_shipping, ways=[(code, provider.name) for code, provider in ways], initial=initial
    )
    if form.is_valid():
        try:
            _judge(request, cart, Details(**form.cleaned_data))
        except CartEmpty:
            return redirect("ecommerce:cart")
        except DomainError as refusal:
            if {each.field for each in refusal.each} == {judging.CART}:
                show_as_message(request, refusal)  # the details are kept
                return redirect("ecommerce:cart")
            show_in_form(form, refusal)
        else:
            if request.method == "POST":
                return redirect("ecommerce:review")
    quote = pricing.quote(user=request.user, lines=lines, coupon_code=str(form["coupon"].value() or "")[:60])
    context = {
        "form": form,
        "quote": quote,
        "lines": lines,
        "book": book,
        "ways": ways,
        "steps": STEPS,
        "points": _points(request, quote),
        "points_key": uuid4().hex,
        "points_refusal": why_not or (quote.coupon_refusal if chooses else ""),
    }
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
        judged = judging.check(actor=request.user, cart=cart, details=details)
    except CartEmpty:
        return _to_latest(request)
    except DomainError as refused:
        if refused.field == judging.CART:
            show_as_message(request, refused)
            return redirect("ecommerce:cart")
        return redirect(f"{reverse('ecommerce:checkout')}?check=1")
    details, quote = judged.details, judged.quote
    context = _review(details, quote, refusal) | {"points": _points(request, quote)}
    return render(request, "ecommerce/review.html", context, status=refusal.status if refusal else 200)


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


def _points(request: SignedInRequest, quote: Quote) -> loyalty_selectors.AtCheckout | None:
    return loyalty_selectors.at_checkout(
        request.user,
        goods_poisha=quote.subtotal_poisha,
        discount_poisha=quote.discount_poisha,
        coupon_code=quote.coupon_code,
    )


def _given(request: SignedInRequest, draft: Details | None) -> Mapping[str, str] | None:
    """Return what is to be judged: what was sent, or what is kept when the review asks for that."""
    if request.method == "POST":
        return request.POST
    return asdict(draft) if draft and "check" in request.GET else None


def _judge(request: SignedInRequest, cart: Cart, details: Details) -> None:
    """Raise all that is wrong; what was sent is kept when it isn't."""
    if request.method == "POST":
        drafts.keep(actor=request.user, details=details)
    else:
        judging.check(actor=request.user, cart=cart, details=details)


def _with_coupon(request: SignedInRequest) -> tuple[dict[str, str], str]:
    """Return what was typed so far with the coupon that was chosen, or made of points, and why not, if not.

    The key came with the page: sent twice, the points are one coupon.
    """
    typed = {name: request.POST.get(name, "") for name in drafts.NAMES}
    wanted = request.POST.get("use_points", "")
    if not wanted:
        return typed | {"coupon": request.POST.get("use_coupon", "")}, ""
    points = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 8 else 0
    try:
        coupon = loyalty.redeem(actor=request.user, points=points, idempotency_key=request.POST.get("points_key", ""))
    except DomainError as refusal:
        return typed, refusal.message
    return typed | {"coupon": coupon.code}, ""


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
